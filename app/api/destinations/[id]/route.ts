import { handle, readJson } from "@/app/api/handle";
import { deleteDestination, updateDestination } from "@/lib/commands/destinations";
import { updateDestinationRequest } from "@/lib/contract/api/destination-requests";
import { seenIn } from "@/lib/front/http/if-match";
import { destinationNumber, requireDestination } from "@/lib/queries/destinations";

/** One destination. With its ETag as If-Match, a change fails when another request changed the destination first. */
export const GET = handle("view", async ({ params, actor }) => {
  const destination = await requireDestination(params.id, actor);
  return Response.json(destination, { headers: { etag: `"${destination.updated_at}"` } });
});

/** Changes fields. When the URL leads to another host, the answer is {destination, secret}: it has a new secret. */
export const PATCH = handle("manage", async (context) => {
  const id = destinationNumber(context.params.id);
  const changes = updateDestinationRequest.parse(await readJson(context.request));
  const { secret } = await updateDestination(id, { changes, seen: seenIn(context.request) }, context);
  const destination = await requireDestination(id, context.actor);
  return secret === null ? destination : { destination, secret };
});

/** Deletes it. What waits for it is cancelled, its history stays. */
export const DELETE = handle("manage", async (context) => {
  await deleteDestination(destinationNumber(context.params.id), context);
  return new Response(null, { status: 204 });
});
