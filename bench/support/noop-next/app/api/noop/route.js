/** The least that a route of Next can do with a request: read it and answer. */
export const dynamic = "force-dynamic";
export const runtime = "nodejs";

export async function POST(request) {
  const body = await request.arrayBuffer();
  return Response.json({ received: true, bytes: body.byteLength });
}
