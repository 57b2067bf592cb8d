/** The draft behind an open sheet: what is frozen and previewed, and how it becomes the replay that runs. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { keys } from "@/lib/client/keys";
import { createReplay, fetchPreview, type ReplayAsk, type Selection, startReplay } from "@/lib/client/replays";
import type { Replay, ReplayPreview } from "@/lib/contract/replays";

/** Options are changed in bursts: a stepper is clicked, a number is typed. */
const SETTLE_MS = 300;
/** A draft needs a reason before its person has written one. It is never started under this one. */
const PREVIEW_REASON = "Preview, not started";

export interface Drafted {
  draft: Replay;
  preview: ReplayPreview;
}

/** Freezes and previews what is asked, and again whenever the question changes. */
export function useDraft(selection: Selection, options: ReplayAsk["options"]) {
  // When it runs and who is told change nothing of what runs.
  const { immediate, scheduledAt, notifyOnCompletion, ...shaping } = options;
  const ask = useDebounced(JSON.stringify({ selection, options: shaping }));
  return useQuery<Drafted>({
    queryKey: keys.draft(ask),
    queryFn: ({ signal }) => draftAndPreview({ ...JSON.parse(ask), reason: PREVIEW_REASON }, { signal }),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
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

async function draftAndPreview(ask: ReplayAsk, how: { key?: string; signal?: AbortSignal }): Promise<Drafted> {
  const draft = await createReplay(ask, how);
  return { draft, preview: await fetchPreview(draft.id, how.signal) };
}

/** Which deliveries run. Not what their rows hold: live events go on writing those, before a replay and during it. */
function extent({ events, deliveries, to_run, to_skip, oldest, newest }: ReplayPreview): string {
  return JSON.stringify([events, deliveries, to_run, Object.entries(to_skip).sort(), oldest, newest]);
}

function useDebounced(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
