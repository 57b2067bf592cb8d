import type { z } from "zod";
import type { replayOneRequest } from "@/lib/contract/api/replay-requests";
import { whichOf } from "@/lib/contract/api/which-event";
import type { ReplayAnswer } from "@/lib/contract/replays";
import { getEvent } from "@/lib/queries/events";
import { awaitReplay, listReplayItems } from "@/lib/queries/replays";
import type { ActorContext } from "./actor";
import { createAndStartReplay } from "./replays";
import { requireOneEach } from "./request-replay";

/** How long a caller may wait for the end: less than the limit of proxies, and of requests during a shutdown. */
const LONGEST_WAIT_MS = 8_000;

/** Creates the replay of one event, waits for its end when asked to, and returns its result. */
export async function replayOne(
  {
    provider,
    eventKey,
    idempotencyKey,
    ...asked
  }: { provider: string; eventKey: string; idempotencyKey?: string } & z.infer<typeof replayOneRequest>,
  by: ActorContext,
): Promise<ReplayAnswer> {
  const { actor, requestId } = by;
  const selection = { provider_slug: provider, event_keys: [eventKey], ...whichOf(asked) };
  await requireOneEach(selection, actor);
  const reason = asked.reason ?? "Replayed through the API";
  const created = await createAndStartReplay({ kind: "single", selection, reason, idempotencyKey }, by);
  const replay = await awaitReplay(created, asked.wait ? LONGEST_WAIT_MS : 0, actor);
  const items = await listReplayItems(replay.id, { limit: 100 }, actor);
  const event = await getEvent(items[0]?.event_id ?? "", actor);
  const ended = replay.status === "completed";
  const status = !ended ? "queued" : replay.failed > 0 ? "failed" : "replayed";
  return {
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
}
