/** Next calls it once, before it answers anything. Behind server.ts it does nothing. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === "nodejs") (await import("./lib/front/listen")).screenRequests();
}
