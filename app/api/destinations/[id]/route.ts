import { handle, readJson } from "@/app/api/handle";
import { updateDestinationRequest } from "@/lib/contract/api/destinations";
import { archiveDestination, destinationNumber, updateDestination } from "@/lib/destinations/manage";
import { Problem } from "@/lib/errors";
import { findDestination } from "./find-destination";

/** One destination. Its ETag, sent back as If-Match, makes a change fail when somebody else was faster. */
export const GET = handle("view", async ({ params, actor }) => {
  const destination = await findDestination(params.id, actor);
  return Response.json(destination, { headers: { etag: `"${destination.updated_at}"` } });
});

/** Changes fields. When the URL leads to another host, the answer is {destination, secret}: it has a new secret. */
export const PATCH = handle("manage", async (context) => {
  const id = destinationNumber(context.params.id);
  const changes = updateDestinationRequest.parse(await readJson(context.request));
  const { secret } = await updateDestination(id, changes, seenIn(context.request), context);
  const destination = await findDestination(id, context.actor);
  return secret === null ? destination : { destination, secret };
});

/** Deletes it: what waits for it is cancelled, its history stays. */
export const DELETE = handle("manage", async (context) => {
  await archiveDestination(destinationNumber(context.params.id), context);
  return new Response(null, { status: 204 });
});

function seenIn(request: Request): string | null {
  const given = request.headers.get("if-match");
  if (given === null || given === "*") return null;
  const seen = /^"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)"$/.exec(given)?.[1];
  if (seen) return seen;
  throw new Problem({
    status: 400,
    title: "The If-Match header is not a valid ETag.",
    detail: "Send the ETag of the destination as it was answered, or leave it out.",
    field: "If-Match",
  });
}
