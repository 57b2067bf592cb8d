/** The draft of an open sheet: what is frozen and previewed, and how it becomes the replay that runs. */
import { useQuery } from "@tanstack/react-query";
import type { Replay, ReplayPreview } from "@/lib/contract/replays";
import { draftQuery } from "./queries/replays";
import { type Drafted, draftAndPreview, type ReplayAsk, type Selection, startReplay } from "./replays";
import { useDebounced } from "./use-debounced";

/** Options change in bursts: a user clicks a stepper or types a number. */
const SETTLE_MS = 300;

/** Creates and previews a draft, and again whenever selection or options change. */
export function useDraft(selection: Selection, options: ReplayAsk["options"]) {
  // Start time and notifications do not change what runs.
  const { immediate, scheduledAt, notifyOnCompletion, notifyOnFailure, notifyOnSuccess, ...shaping } = options;
  return useQuery(draftQuery(useDebounced(JSON.stringify({ selection, options: shaping }), SETTLE_MS)));
}

/** Starts the replay that was previewed. When the data has changed since, nothing starts and the new preview is returned. */
export async function startAsShown(
  ask: ReplayAsk,
  shown: ReplayPreview,
  key: string,
): Promise<{ started: Replay } | { moved: Drafted }> {
  const drafted = await draftAndPreview(ask, { key });
  if (extent(drafted.preview) !== extent(shown)) return { moved: drafted };
  return { started: await startReplay(drafted.draft.id) };
}

/**
 * Which deliveries run. The contents of their rows do not count: live events go on changing those, before and during a
 * replay.
 */
function extent({ events, deliveries, to_run, to_skip, oldest, newest }: ReplayPreview): string {
  return JSON.stringify([events, deliveries, to_run, Object.entries(to_skip).sort(), oldest, newest]);
}
