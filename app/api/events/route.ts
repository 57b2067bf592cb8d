import { handle } from "@/app/api/handle";
import { hopsOf } from "@/lib/destinations/hops";
import { checkJsonShape } from "@/lib/front/http/json-shape";
import { readBytes } from "@/lib/front/http/read-body";
import { readJsonPublications } from "@/lib/front/http/read-publications";
import { publishEvents } from "@/lib/pipeline/publish";
import { Refusal } from "@/lib/refusals";

/** A list has many events, and their data is kept as bytes. */
const MOST_VALUES = 100_000;

/** Publishes one event, or a list of them: 202 when any of them is new, 200 when all were published before. */
export const POST = handle("publish", async ({ request, actor, requestId }) => {
  const body = await readBytes(request);
  checkJsonShape(body, { mostValues: MOST_VALUES });
  const { isList, publications } = await readJsonPublications(body, request);
  const headers = [...request.headers];
  const hops = hopsOf(headers);
  const events = await publishEvents(
    publications.map((publication) => ({ ...publication, hops })),
    requestId,
    actor,
    headers,
  );
  const accepted = events.some((event) => event.outcome === "accepted");
  const conflict = events.find((event) => event.outcome === "conflict");
  if (conflict && !accepted) throw new Refusal("idempotency_key_published", conflict);
  const answer = isList ? { events } : events[0];
  return Response.json({ ...answer, request_id: requestId }, { status: accepted ? 202 : 200 });
});
