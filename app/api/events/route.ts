import { handle } from "@/app/api/handle";
import { checkJsonShape } from "@/app/api/json-shape";
import { readBytes } from "@/app/api/read-body";
import type { PublishedEvent } from "@/lib/contract/platform";
import { hopsOf } from "@/lib/destinations/hops";
import { Problem } from "@/lib/errors";
import { publishEvents } from "@/lib/pipeline/publish";
import { readJsonPublications } from "./read-publications";

/** A list has many events, and their data is kept as bytes. */
const MOST_VALUES = 100_000;

/** Publishes one event, or a list of them: 202 when anything of it is new, 200 when all was published before. */
export const POST = handle("publish", async ({ request, actor, requestId }) => {
  const body = await readBytes(request);
  checkJsonShape(body, MOST_VALUES);
  const { isList, publications } = await readJsonPublications(body, request.headers);
  const hops = hopsOf([...request.headers]);
  const events = await publishEvents(
    publications.map((publication) => ({ ...publication, hops })),
    requestId,
    actor,
  );
  const accepted = events.some((event) => event.outcome === "accepted");
  const conflict = events.find((event) => event.outcome === "conflict");
  if (conflict && !accepted) throw new Problem(conflictProblem(conflict));
  const answer = isList ? { events } : events[0];
  return Response.json({ ...answer, request_id: requestId }, { status: accepted ? 202 : 200 });
});

function conflictProblem({ event_id, idempotency_key }: PublishedEvent) {
  return {
    status: 409,
    title: `The idempotency key ${idempotency_key} published ${event_id}, which says something else.`,
    detail: "Use a new key for a new event.",
    field: "idempotencyKey",
    more: { event_id },
  };
}
