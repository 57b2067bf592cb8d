/** Server reads of replays, for pages and APIs. */
import type { ReplayFilter } from "@/lib/contract/replay-filter";
import type { ReplayItem, ReplayPage, ReplaySummary } from "@/lib/contract/replays";
import type { ReplayOutcome } from "@/lib/contract/vocabulary";
import { call } from "@/lib/db/client";
import type { KeyChoice, ReplayFailures } from "@/lib/db/functions/reads";
import { readReplayProgress } from "@/lib/pipeline/preview";
import { replayNumber, type Selection } from "@/lib/pipeline/replay";
import { type Scoped, scopeOf } from "@/lib/scope";

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

/** Items in the order they run, after a position, of one outcome or all (`waiting`: those without one). */
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

/** How the items ended, the failures by class, status and message, how the trial goes and what holds the rest. */
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

/** What failed or is failing, after a position; `total` counts all of it. */
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

/** The keys or `we_` ids of a selection that no event has. */
export function listMissingEvents(selection: Selection, asker: Scoped): Promise<string[]> {
  return call("console", "list_missing_events", { p_selection: selection, ...scopeOf(asker) });
}

/** The keys of a selection that say too little, because several organisations or sources have them. */
export function listKeyChoices(selection: Selection, asker: Scoped): Promise<KeyChoice[]> {
  return call("console", "list_key_choices", { p_selection: selection, ...scopeOf(asker) });
}
