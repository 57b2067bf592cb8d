/** Next calls it once, before it answers requests. Does nothing under server.ts. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs" || process.env.NEXT_PHASE === "phase-production-build") return;
  (await import("./lib/front/listen")).screenRequests();
  await (await import("./lib/boot/next-start")).prepareForNext();
}
