import { handle, readJson } from "@/app/api/handle";
import { createDestination } from "@/lib/commands/destinations";
import { createDestinationRequest } from "@/lib/contract/api/destination-requests";
import { listDestinations, requireDestination } from "@/lib/queries/destinations";

/** Every destination with its health. */
export const GET = handle("view", async ({ actor }) => ({ destinations: await listDestinations(actor) }));

/** Creates a destination. Its secret is in this answer and in no other. */
export const POST = handle("manage", async (context) => {
  const asked = createDestinationRequest.parse(await readJson(context.request));
  const { id, secret } = await createDestination(asked, context);
  return Response.json({ destination: await requireDestination(id, context.actor), secret }, { status: 201 });
});
