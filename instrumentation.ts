/** Next calls this once per server, before the first request. Under server.ts everything is prepared by then. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs" || process.env.NEXT_PHASE === "phase-production-build") return;
  const { prepareForNext } = await import("./lib/boot/next-start");
  await prepareForNext();
}
