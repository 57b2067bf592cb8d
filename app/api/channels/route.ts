import { handle, readJson } from "@/app/api/handle";
import { createChannel } from "@/lib/commands/channels";
import { createChannelRequest } from "@/lib/contract/api/channels";
import { listChannels } from "@/lib/queries/channels";

/** Every channel with its last outcomes, without secrets. */
export const GET = handle("view", ({ actor }) => listChannels(actor));

/** Creates a channel. The signing secret of a webhook is in this answer and in no other. */
export const POST = handle("manage", async (context) => {
  const asked = createChannelRequest.parse(await readJson(context.request));
  return Response.json(await createChannel(asked, context), { status: 201 });
});
