/** replay: creates the resource and, where a caller waits for the end, looks at it until then. */
import type { Replay, ReplayItem } from "@/lib/contract/replays";
import { call } from "@/lib/db/client";
import { Problem } from "@/lib/errors";
import { log } from "@/lib/log";
import { ringWorker } from "./worker-bell";

const LOOK_EVERY_MS = 50;

/** Which events: by number, by a provider's keys, or by a filter of the history. */
export type Selection =
  | { event_ids: number[] }
  | { provider_slug: string; event_keys: string[] }
  | { filter: Record<string, unknown>; limit: number };

export interface ReplayRequest {
  kind: "single" | "keys" | "query" | "criteria" | "failures";
  selection: Selection;
  reason: string;
  actor: { id: string; name: string };
  requestId: string;
}

type Created = { result: "created"; replay: Replay } | { result: "not_found" | "no_destination" | "in_flight" };

const REFUSALS = {
  not_found: {
    status: 404,
    title: "There is no such event.",
    detail: "Check the provider and the event key in the event history.",
  },
  no_destination: {
    status: 409,
    title: "No destination wants this event, so there is nothing to replay.",
    detail: "Events of this type are kept, but delivered nowhere.",
  },
  in_flight: {
    status: 409,
    title: "This event is being delivered right now.",
    detail: "Wait for the attempt to end; replay it if it fails.",
  },
} as const;

/** Creates and starts a replay. Throws a `Problem` when there is nothing to replay, saying why. */
export async function createReplay(request: ReplayRequest): Promise<Replay> {
  const created = await call<Created>("console", "create_replay", {
    p_kind: request.kind,
    p_selection: request.selection as never,
    p_reason: request.reason,
    p_actor: request.actor.name,
    p_actor_id: request.actor.id,
    p_request_id: request.requestId,
  });
  const replay = created.result === "created" ? created.replay : undefined;
  log("replay", {
    request_id: request.requestId,
    replay_id: replay?.id,
    actor: request.actor.id,
    kind: request.kind,
    decision: created.result,
    total: replay?.total,
  });
  if (created.result !== "created") throw new Problem(REFUSALS[created.result]);
  ringWorker();
  return created.replay;
}

/** The replay once it ended, or as it stands after `waitMs`. */
export async function awaitReplay(replay: Replay, waitMs: number): Promise<Replay> {
  const until = Date.now() + waitMs;
  let current = replay;
  while ((current.status === "queued" || current.status === "running") && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    current = (await readReplay(replay.id)) ?? current;
  }
  return current;
}

/** `wr_12` → the replay, null when there is none. */
export async function readReplay(id: string): Promise<Replay | null> {
  const number = /^(?:wr_|br_)?(\d{1,15})$/.exec(id)?.[1];
  return number ? call<Replay | null>("console", "get_replay", { p_id: Number(number) }) : null;
}

/** What each delivery of a replay did, in the order they run. */
export function readReplayItems(id: string, limit: number): Promise<ReplayItem[]> {
  return call("console", "list_replay_items", { p_replay_id: Number(id.replace(/^\D+/, "")), p_limit: limit });
}
