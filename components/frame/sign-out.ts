import { forgetRecent } from "@/lib/client/recent";

/** Ends the session and forgets what was opened in it. next-auth is loaded only now: the first paint does not need it. */
export async function signOutOfConsole(): Promise<void> {
  forgetRecent();
  const { signOut } = await import("next-auth/react");
  await signOut({ callbackUrl: "/sign-in" });
}
