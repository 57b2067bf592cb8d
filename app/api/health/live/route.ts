export const dynamic = "force-dynamic";

/** Whether the process answers. It asks nothing else, so that a database that is away restarts no process. */
export function GET(): Response {
  return Response.json({ status: "ok" }, { headers: { "cache-control": "no-store" } });
}
