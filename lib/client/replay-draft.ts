/** The draft behind an open sheet: what is frozen and previewed, and how it becomes the replay that runs. */
import { useQuery } from "@tanstack/react-query";
import type { Replay, ReplayPreview } from "@/lib/contract/replays";
import { draftQuery } from "./queries/replays";
import { type Drafted, draftAndPreview, type ReplayAsk, type Selection, startReplay } from "./replays";
import { useDebounced } from "./use-debounced";

/** Options are changed in bursts: a stepper is clicked, a number is typed. */
const SETTLE_MS = 300;

/** Freezes and previews what is asked, and again whenever the question changes. */
export function useDraft(selection: Selection, options: ReplayAsk["options"]) {
  // When it runs and who is told change nothing of what runs.
  const { immediate, scheduledAt, notifyOnCompletion, ...shaping } = options;
  return useQuery(draftQuery(useDebounced(JSON.stringify({ selection, options: shaping }), SETTLE_MS)));
}

/** Starts what was shown. When the world has moved since, nothing starts and the new preview comes back instead. */
export async function startAsShown(
  ask: ReplayAsk,
  shown: ReplayPreview,
  key: string,
): Promise<{ started: Replay } | { moved: Drafted }> {
  const drafted = await draftAndPreview(ask, { key });
  if (extent(drafted.preview) !== extent(shown)) return { moved: drafted };
  return { started: await startReplay(drafted.draft.id) };
}

/** Which deliveries run. Not what their rows hold: live events go on writing those, before a replay and during it. */
function extent({ events, deliveries, to_run, to_skip, oldest, newest }: ReplayPreview): string {
  return JSON.stringify([events, deliveries, to_run, Object.entries(to_skip).sort(), oldest, newest]);
}
