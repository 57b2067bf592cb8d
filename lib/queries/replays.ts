/** Server reads of replays, for pages and APIs. */

import { parseId } from "@/lib/contract/ids";
import type { ReplayFilter } from "@/lib/contract/replay-filter";
import type { Replay, ReplayItem, ReplayPage, ReplaySummary } from "@/lib/contract/replays";
import type { ReplayOutcome } from "@/lib/contract/vocabulary";
import { call } from "@/lib/db/client";
import type { Selection } from "@/lib/db/functions/arguments";
import type { KeyChoice, ReplayFailures } from "@/lib/db/functions/reads";
import { Refusal } from "@/lib/refusals";
import { type Scoped, scopeOf } from "@/lib/scope";

export type { Selection };

const LOOK_EVERY_MS = 50;

/** Replays, newest first. Drafts only when the filter asks for them. */
export function listReplays(
  filter: ReplayFilter,
  page: { limit: number; cursor?: number },
  asker: Scoped,
): Promise<ReplayPage> {
  return call("console", "list_replays", {
    p_filter: filter,
    p_limit: page.limit,
    p_cursor: page.cursor ?? null,
    ...scopeOf(asker),
  });
}

/** The replay once it has ended, or as it is after `waitMs`. */
export async function awaitReplay(replay: Replay, waitMs: number, asker: Scoped): Promise<Replay> {
  const until = Date.now() + waitMs;
  let current = replay;
  while ((current.status === "queued" || current.status === "running") && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    current = (await getReplay(replay.id, asker)) ?? current;
  }
  return current;
}

/** `wr_12`, `br_12` or `12` → the replay, null when the caller may see no such replay. */
export async function getReplay(id: string, asker: Scoped): Promise<Replay | null> {
  const number = parseId("replay", id);
  return number === undefined ? null : call("console", "get_replay", { p_id: number, ...scopeOf(asker) });
}

/** The same. Throws a `Refusal` when the caller may see no such replay. */
export async function requireReplay(id: string, asker: Scoped): Promise<Replay> {
  const replay = await getReplay(id, asker);
  if (replay) return replay;
  throw new Refusal("no_such_replay");
}

/** The number in `wr_12`, `br_12` (the runbook's prefix for bulk replays) or `12`. Throws a `Refusal` for anything else. */
export function replayNumber(id: string): number {
  const number = parseId("replay", id);
  if (number === undefined) throw new Refusal("no_such_replay");
  return number;
}

/** Items in the order they run, after a position, of one outcome or all (`waiting`: items without one). */
export function listReplayItems(
  id: string,
  { outcome, after = 0, limit }: { outcome?: ReplayOutcome | "waiting"; after?: number; limit: number },
  asker: Scoped,
): Promise<ReplayItem[]> {
  return call("console", "list_replay_items", {
    p_replay_id: replayNumber(id),
    p_outcome: outcome ?? null,
    p_after: after,
    p_limit: limit,
    ...scopeOf(asker),
  });
}

/** What holds the unfinished deliveries of a replay, or would hold those of a draft, and the state of its trial. */
export function readReplayProgress(id: string, asker: Scoped): Promise<Pick<ReplaySummary, "holds" | "trial">> {
  return call("console", "read_replay_progress", { p_id: replayNumber(id), ...scopeOf(asker) });
}

/** How the items ended, the failures by class, status and message, the state of the trial, and what holds the rest. */
export async function summariseReplay(id: string, asker: Scoped): Promise<ReplaySummary> {
  const [counts, progress] = await Promise.all([
    call("console", "summarise_replay", {
      p_id: replayNumber(id),
      ...scopeOf(asker),
    }),
    readReplayProgress(id, asker),
  ]);
  return { ...counts, ...progress };
}

/** Items that failed or are failing, after a position; `total` counts all of them. */
export function listReplayFailures(
  id: string,
  { after, limit }: { after: number; limit: number },
  asker: Scoped,
): Promise<ReplayFailures> {
  return call("console", "list_replay_failures", {
    p_replay_id: replayNumber(id),
    p_after: after,
    p_limit: limit,
    ...scopeOf(asker),
  });
}

/** The keys or `we_` ids of a selection that match no event. */
export function listMissingEvents(selection: Selection, asker: Scoped): Promise<string[]> {
  return call("console", "list_missing_events", { p_selection: selection, ...scopeOf(asker) });
}

/** The ambiguous keys of a selection: several organisations or sources have them. */
export function listKeyChoices(selection: Selection, asker: Scoped): Promise<KeyChoice[]> {
  return call("console", "list_key_choices", { p_selection: selection, ...scopeOf(asker) });
}
