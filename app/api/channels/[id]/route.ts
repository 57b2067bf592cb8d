import { handle, readJson } from "@/app/api/handle";
import { changeChannel, deleteChannel } from "@/lib/commands/channels";
import { changeChannelRequest } from "@/lib/contract/api/channels";
import { channelNumber } from "@/lib/queries/channels";

/** Changes fields. Fails when another request changed the channel after `version` was read. */
export const PATCH = handle("manage", async (context) => {
  const id = channelNumber(context.params.id);
  return changeChannel(id, changeChannelRequest.parse(await readJson(context.request)), context);
});

/** Deletes it. What it was told stays. */
export const DELETE = handle("manage", async (context) => {
  await deleteChannel(String(context.params.id), context);
  return new Response(null, { status: 204 });
});
