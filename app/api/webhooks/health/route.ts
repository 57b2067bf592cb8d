import { readHealth } from "@/lib/queries/health";

export const dynamic = "force-dynamic";

/** For load balancers and monitors: needs no sign-in, and tells nothing but whether Redrive can do its work. */
export async function GET(): Promise<Response> {
  const health = await readHealth();
  return Response.json(health, {
    status: health.status === "unhealthy" ? 503 : 200,
    headers: { "cache-control": "no-store" },
  });
}
