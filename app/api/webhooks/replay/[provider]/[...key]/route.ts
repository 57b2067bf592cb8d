import { handle } from "@/app/api/handle";
import { replayOne } from "@/lib/commands/replay-one";
import { replayOneRequest } from "@/lib/contract/api/replay-requests";
import { idempotencyKeyOf } from "@/lib/front/http/idempotency-key";
import { readReplayRequest } from "@/lib/front/http/replay-request";

/** Replays one event, as the OutboundEngine runbook calls it: 202 while it still runs. Its key may hold slashes; Next has decoded it. */
export const POST = handle("replay", async (context) => {
  const { provider, key } = context.params;
  const eventKey = (Array.isArray(key) ? key : [key ?? ""]).join("/");
  const asked = replayOneRequest.parse(await readReplayRequest(context.request));
  const idempotencyKey = idempotencyKeyOf(context.request);
  const answer = await replayOne({ provider: String(provider), eventKey, idempotencyKey, ...asked }, context);
  return Response.json(answer, { status: answer.status === "queued" ? 202 : 200 });
});
