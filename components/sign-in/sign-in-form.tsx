"use client";

import { signIn } from "next-auth/react";
import { type FormEvent, useId, useState } from "react";
import { Button } from "../ui/button";
import { Input } from "../ui/input";
import { safeReturnAddress, signInProblem } from "./sign-in-text";
import { SingleSignOn } from "./single-sign-on";

/** E-mail and password; single sign-on below when an operator configured one. */
export function SignInForm({
  returnTo,
  problem: initialProblem,
  hasSingleSignOn,
}: {
  returnTo?: string;
  problem?: string;
  hasSingleSignOn: boolean;
}) {
  const [problem, setProblem] = useState(initialProblem ? signInProblem(initialProblem) : null);
  // The problem a person returns with is not about the fields, so it is shown above them.
  const [cameBack, setCameBack] = useState(problem !== null);
  const [pending, setPending] = useState(false);
  const ids = { email: useId(), password: useId(), problem: useId() };

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setPending(true);
    clear();
    const fields = { email: String(form.get("email")), password: String(form.get("password")) };
    // next-auth puts an `error` into the address of its answer, which by default is this page's.
    const options = { ...fields, redirect: false as const, callbackUrl: "/" };
    const answer = await signIn("credentials", options).catch(() => undefined);
    // A full load, so that everything is rendered for the new session.
    if (answer?.ok && !answer.error) return window.location.assign(safeReturnAddress(returnTo));
    setProblem(signInProblem(answer?.error ?? "NoAnswer"));
    setPending(false);
  }

  function clear() {
    setProblem(null);
    setCameBack(false);
  }

  const alert = problem && (
    <p id={ids.problem} role="alert" className="text-pretty text-red">
      {problem}
    </p>
  );
  return (
    <form onSubmit={submit} className="space-y-3" aria-describedby={problem ? ids.problem : undefined}>
      {cameBack && alert}
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
      {!cameBack && alert}
      <Button
        type="submit"
        variant="primary"
        className="mt-2 h-9 w-full"
        disabled={pending}
        data-testid="sign-in-submit"
      >
        {pending ? "Signing in…" : "Sign in"}
      </Button>
      {hasSingleSignOn && <SingleSignOn returnTo={returnTo} onStart={clear} onProblem={setProblem} />}
    </form>
  );
}
