import type { z } from "zod";
import { requireOneEach } from "@/app/api/ask-replay";
import type { ApiContext } from "@/app/api/handle";
import { type replayOneRequest, whichOf } from "@/lib/contract/api/replay-requests";
import type { ReplayAnswer } from "@/lib/contract/replays";
import { awaitReplay, createReplay } from "@/lib/pipeline/replay";
import { getEvent } from "@/lib/queries/events";
import { listReplayItems } from "@/lib/queries/replays";

/** How long a caller may wait for the end: less than proxies do, and than a stopping server lets requests go on. */
const LONGEST_WAIT_MS = 8_000;

/** Creates the replay, waits for its end where asked to, and says what became of it. 202 while it still runs. */
export async function replayOne(
  provider: string,
  eventKey: string,
  asked: z.infer<typeof replayOneRequest>,
  { actor, requestId }: ApiContext,
): Promise<Response> {
  const selection = { provider_slug: provider, event_keys: [eventKey], ...whichOf(asked) };
  await requireOneEach(selection, actor);
  const created = await createReplay({
    kind: "single",
    selection,
    reason: asked.reason ?? "Replayed through the API",
    actor,
    requestId,
  });
  const replay = await awaitReplay(created, asked.wait ? LONGEST_WAIT_MS : 0, actor);
  const items = await listReplayItems(replay.id, { limit: 100 }, actor);
  const event = await getEvent(items[0]?.event_id ?? "", actor);
  const ended = replay.status === "completed";
  const status = !ended ? "queued" : replay.failed > 0 ? "failed" : "replayed";
  const answer: ReplayAnswer = {
    status,
    replay_id: replay.id,
    provider_slug: provider,
    event_key: eventKey,
    event_id: items[0]?.event_id ?? "",
    replay_count: event?.replay_count ?? 0,
    error: status === "failed" ? (items.find((item) => item.outcome === "failed")?.detail ?? null) : null,
    replay,
    items,
    request_id: requestId,
  };
  return Response.json(answer, { status: ended ? 200 : 202 });
}
