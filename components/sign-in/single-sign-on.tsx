"use client";

import { signIn } from "next-auth/react";
import { useEffect, useState } from "react";
import { Button } from "../ui/button";
import { safeReturnAddress, signInProblem } from "./sign-in-text";

/** The way in through the identity provider. */
export function SingleSignOn({
  returnTo,
  onStart,
  onProblem,
}: {
  returnTo?: string;
  onStart: () => void;
  onProblem: (problem: string) => void;
}) {
  const [pending, setPending] = useState(false);
  // Leaving the page ends it. The browser's Back may restore the page as it was left.
  useEffect(() => {
    const shown = () => setPending(false);
    window.addEventListener("pageshow", shown);
    return () => window.removeEventListener("pageshow", shown);
  }, []);
  async function start() {
    setPending(true);
    onStart();
    await signIn("oidc", { callbackUrl: safeReturnAddress(returnTo) }).catch(() => {
      setPending(false);
      onProblem(signInProblem("NoAnswer"));
    });
  }
  return (
    <>
      <p className="flex items-center gap-3 text-faint text-sm before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
        or
      </p>
      <Button className="h-9 w-full" disabled={pending} data-testid="single-sign-on" onClick={start}>
        {pending ? "Going to your identity provider…" : "Continue with single sign-on"}
      </Button>
    </>
  );
}
