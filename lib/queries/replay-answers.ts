/** The answer to a request for a replay. */
import type { Replay, ReplayPreview, ReplayRequested } from "@/lib/contract/replays";
import type { Scoped } from "@/lib/scope";
import { countReplay } from "./replay-preview";
import { summariseReplay } from "./replays";

export interface RequestedReplay {
  replay: Replay;
  /** Keys or ids that match no event. */
  notFound: string[];
  /** Of a dry run. */
  preview?: ReplayPreview;
}

/** In the form of the console and of the OutboundEngine runbook. */
export async function describeRequested(
  { replay, notFound, preview }: RequestedReplay,
  { actor, requestId }: { actor: Scoped; requestId: string },
): Promise<ReplayRequested> {
  const [{ events }, { skip_reasons }] = await Promise.all([
    countReplay(replay, actor),
    summariseReplay(replay.id, actor),
  ]);
  return {
    ...replay,
    status: statusToCaller(replay),
    request_id: requestId,
    replay_id: replay.id,
    taken: events,
    skip_reasons,
    not_found: notFound,
    ...(preview && { preview }),
  };
}

/** A replay that was just accepted is `queued`, as in the runbooks, even if the worker has started it since. */
export function statusToCaller({ status }: Replay): Replay["status"] {
  return status === "running" ? "queued" : status;
}
