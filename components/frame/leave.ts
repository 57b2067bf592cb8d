/** Ends the session. Loaded when needed: nobody signs out on the first paint. */
export async function signOutOfConsole(): Promise<void> {
  const { signOut } = await import("next-auth/react");
  await signOut({ callbackUrl: "/sign-in" });
}
