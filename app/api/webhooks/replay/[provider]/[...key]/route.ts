import { handle, readJson } from "@/app/api/handle";
import { replayOneRequest } from "@/lib/contract/api/replay-requests";
import { replayOne } from "./replay-one";

/** Replays one event, as the OutboundEngine runbook calls it. An event key may hold slashes; Next has decoded it. */
export const POST = handle("replay", async (context) => {
  const { provider, key } = context.params;
  const eventKey = (Array.isArray(key) ? key : [key ?? ""]).join("/");
  return replayOne(String(provider), eventKey, replayOneRequest.parse(await readJson(context.request)), context);
});
