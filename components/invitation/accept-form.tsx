"use client";

import { signIn } from "next-auth/react";
import { type FormEvent, useId, useState } from "react";
import { ApiError } from "@/lib/client/request";
import { acceptInvitation } from "@/lib/client/staff";
import { passwordProblem } from "@/lib/contract/password-policy";
import { SHORTEST_PASSWORD } from "@/lib/contract/staff";
import type { StaffRole } from "@/lib/contract/vocabulary";
import { InertText } from "../inert-text";
import { ROLE_LABELS } from "../staff-text";
import { Button } from "../ui/button";
import { Input } from "../ui/input";

interface Invitation {
  email: string;
  name: string;
  role: StaffRole;
  is_new: boolean;
}

/** Name and password. Signs the person in afterwards. */
export function AcceptForm({ token, invitation }: { token: string; invitation: Invitation }) {
  const { email, role, is_new } = invitation;
  const [problem, setProblem] = useState<string | null>(null);
  const [pending, setPending] = useState(false);
  const ids = { email: useId(), name: useId(), password: useId(), problem: useId() };

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const password = String(form.get("password"));
    const name = String(form.get("name"));
    const weak = passwordProblem(password, [email, name]);
    if (weak) return setProblem(`This password is too easy to guess. ${weak}`);
    setPending(true);
    setProblem(null);
    try {
      await acceptInvitation({ token, name, password });
    } catch (error) {
      setProblem(error instanceof ApiError ? error.message : "Redrive did not answer. Try again.");
      return setPending(false);
    }
    // The link is used up. When the sign-in fails, the console asks for it again.
    await signIn("credentials", { email, password, redirect: false }).catch(() => undefined);
    window.location.assign("/");
  }

  return (
    <form onSubmit={submit} className="space-y-3" aria-describedby={problem ? ids.problem : undefined}>
      <p className="text-pretty text-quiet">
        {is_new ? "You are invited as " : "Set a new password. You are "}
        <span className="font-medium text-ink">{ROLE_LABELS[role].label.toLowerCase()}</span>.{" "}
        {is_new && ROLE_LABELS[role].you}
      </p>
      <div>
        <label htmlFor={ids.email} className="mb-1 block font-medium">
          E-mail
        </label>
        {/* A field, so that password managers keep the name with the password. */}
        <Input
          id={ids.email}
          type="email"
          name="email"
          autoComplete="username"
          value={email}
          readOnly
          className="h-9 bg-sunken text-quiet"
        />
      </div>
      <div>
        <label htmlFor={ids.name} className="mb-1 block font-medium">
          Your name
        </label>
        <Input
          id={ids.name}
          name="name"
          autoComplete="name"
          required
          maxLength={100}
          autoFocus={is_new}
          defaultValue={is_new ? "" : invitation.name}
          data-testid="invitation-name"
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
          autoComplete="new-password"
          required
          autoFocus={!is_new}
          minLength={SHORTEST_PASSWORD}
          maxLength={1024}
          aria-describedby={`${ids.password}-help`}
          data-testid="invitation-password"
          className="h-9"
        />
        <p id={`${ids.password}-help`} className="mt-1 text-quiet text-sm">
          At least {SHORTEST_PASSWORD} characters. A few random words are easiest to remember.
        </p>
      </div>
      {problem && (
        <p id={ids.problem} role="alert" className="text-pretty text-red">
          <InertText text={problem} />
        </p>
      )}
      <Button
        type="submit"
        variant="primary"
        className="mt-2 h-9 w-full"
        disabled={pending}
        data-testid="invitation-submit"
      >
        {pending ? "Signing in…" : is_new ? "Accept and sign in" : "Set password and sign in"}
      </Button>
    </form>
  );
}
