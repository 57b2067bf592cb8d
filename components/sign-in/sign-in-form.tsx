"use client";

import { getProviders, signIn } from "next-auth/react";
import { type FormEvent, useEffect, useId, useState } from "react";
import { Button } from "../ui/button";
import { Input } from "../ui/input";
import { safeReturnAddress, signInProblem } from "./sign-in-words";

/** E-mail and password; single sign-on below when an operator configured one. */
export function SignInForm({ returnTo, problem: initialProblem }: { returnTo?: string; problem?: string }) {
  const [problem, setProblem] = useState(initialProblem ? signInProblem(initialProblem) : null);
  const [pending, setPending] = useState(false);
  const ids = { email: useId(), password: useId(), problem: useId() };

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setPending(true);
    setProblem(null);
    const fields = { email: String(form.get("email")), password: String(form.get("password")) };
    const answer = await signIn("credentials", { ...fields, redirect: false }).catch(() => undefined);
    // A full load, so that everything is rendered for who this is now.
    if (answer?.ok && !answer.error) return window.location.assign(safeReturnAddress(returnTo));
    setProblem(signInProblem(answer?.error ?? "NoAnswer"));
    setPending(false);
  }

  return (
    <form onSubmit={submit} className="space-y-3" aria-describedby={problem ? ids.problem : undefined}>
      <div>
        <label htmlFor={ids.email} className="mb-1 block font-medium">
          E-mail
        </label>
        <Input
          id={ids.email}
          name="email"
          type="email"
          autoComplete="username"
          required
          autoFocus
          data-testid="sign-in-email"
          className="h-9"
        />
      </div>
      <div>
        <label htmlFor={ids.password} className="mb-1 block font-medium">
          Password
        </label>
        <Input
          id={ids.password}
          name="password"
          type="password"
          autoComplete="current-password"
          required
          data-testid="sign-in-password"
          className="h-9"
        />
      </div>
      {problem && (
        <p id={ids.problem} role="alert" className="text-pretty text-red">
          {problem}
        </p>
      )}
      <Button
        type="submit"
        variant="primary"
        className="mt-2 h-9 w-full"
        disabled={pending}
        data-testid="sign-in-submit"
      >
        {pending ? "Signing in…" : "Sign in"}
      </Button>
      <SingleSignOn returnTo={returnTo} />
    </form>
  );
}

function SingleSignOn({ returnTo }: { returnTo?: string }) {
  const [others, setOthers] = useState<{ id: string; name: string }[]>([]);
  useEffect(() => {
    getProviders()
      .then((all) => setOthers(Object.values(all ?? {}).filter(({ id }) => id !== "credentials")))
      .catch(() => setOthers([]));
  }, []);
  return others.map(({ id, name }) => (
    <Button key={id} className="h-9 w-full" onClick={() => signIn(id, { callbackUrl: safeReturnAddress(returnTo) })}>
      Continue with {name}
    </Button>
  ));
}
