import { readReadiness } from "@/lib/queries/health";

export const dynamic = "force-dynamic";

/** Whether load balancers may send requests here: 503 says no, with the reasons in words of a closed list. */
export async function GET(): Promise<Response> {
  const readiness = await readReadiness();
  const headers = { "cache-control": "no-store" };
  return Response.json(readiness, { status: readiness.ready ? 200 : 503, headers });
}
