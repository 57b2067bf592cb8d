import { refusalSentence } from "@/lib/contract/single-sign-on";

/** What next-auth's error codes, and ours, mean to a person. Nothing here tells whether an address has an account, except to who owns the address. */
export function signInProblem(code: string): string {
  const wait = /^TooManyAttempts\.(\d{1,5})$/.exec(code)?.[1];
  if (wait) return `Too many attempts. Wait ${waitText(Number(wait))}, then try again.`;
  if (/too.?many|rate|locked|wait/i.test(code)) return "Too many attempts. Wait a few minutes, then try again.";
  const refused = refusalSentence(code);
  if (refused) return refused;
  if (code === "NoAnswer") return "Redrive did not answer. Check your connection, then try again.";
  if (code === "SessionRequired") return "Sign in to see this page.";
  if (code === "AccessDenied") return "This account has no access. Ask an administrator for access.";
  if (code === "CredentialsSignin") return "Wrong e-mail or password.";
  return "Sign-in failed. Try again. If the error stays, ask an administrator.";
}

/** `12 seconds`, `14 minutes`: never less than it takes. */
export function waitText(seconds: number): string {
  const [number, unit] = seconds > 90 ? [Math.ceil(seconds / 60), "minute"] : [seconds, "second"];
  return `${number} ${unit}${number === 1 ? "" : "s"}`;
}

/** An address of this app: signing in never redirects elsewhere. */
export function safeReturnAddress(target: string | undefined): string {
  const home = window.location.origin;
  if (!target || !URL.canParse(target, home)) return "/";
  const url = new URL(target, home);
  return url.origin === home ? url.href : "/";
}
