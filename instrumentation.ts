/** Next calls it once, before it answers anything. Behind server.ts it does nothing. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs" || process.env.NEXT_PHASE === "phase-production-build") return;
  (await import("./lib/front/listen")).screenRequests();
  await (await import("./lib/boot/next-start")).prepareForNext();
}
