"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { newestReplaysQuery } from "@/lib/client/queries/replays";
import { STREAM_POLL_MS, useLiveRefetch } from "@/lib/client/use-live-refetch";
import type { Replay } from "@/lib/contract/replays";
import { OutcomeBar, roughOutcomes } from "../charts/outcome-bar";
import { selectionText } from "../filters/selection-text";
import { InertText } from "../inert-text";
import { ReplayStatusBadge } from "../status/replay-status";
import { resultText } from "../status/replay-text";
import { RelativeTime, useTimeFormat } from "../time";

const SHOWN = 4;
const POLL_MS = 2_000;
const UNDER_WAY: readonly Replay["status"][] = ["running", "queued", "paused"];

/** The newest replays, those in progress first. Renders nothing while there are no replays. */
export function NewestReplays() {
  const streaming = useLiveRefetch({ interests: ["replays"], read: () => void refetch(), atMostEvery: 2_000 });
  const { data, refetch } = useQuery({
    ...newestReplaysQuery(),
    refetchInterval: streaming ? STREAM_POLL_MS : POLL_MS,
  });
  if (!data?.replays.length) return null;
  const underWay = (replay: Replay) => UNDER_WAY.includes(replay.status);
  const shown = [...data.replays.filter(underWay), ...data.replays.filter((replay) => !underWay(replay))];
  return (
    <section aria-labelledby="newest-replays" className="mb-10">
      <div className="flex items-baseline justify-between border-b pb-2">
        <h2 id="newest-replays" className="font-medium">
          Replays
        </h2>
        <Link href="/replays" className="text-quiet text-sm hover:text-ink hover:underline">
          All replays
        </Link>
      </div>
      <ul>
        {shown.slice(0, SHOWN).map((replay) => (
          <NewestReplay key={replay.id} replay={replay} />
        ))}
      </ul>
    </section>
  );
}

function NewestReplay({ replay }: { replay: Replay }) {
  const selection = selectionText(replay, useTimeFormat());
  return (
    <li className="border-b">
      <Link
        href={`/replays/${replay.id}`}
        prefetch={false}
        className="-mx-2 grid grid-cols-[minmax(0,1fr)] gap-1 px-2 py-2 hover:bg-hover"
      >
        <span className="flex items-center gap-2">
          <ReplayStatusBadge status={replay.status} />
          <span className="min-w-0 flex-1 truncate">
            <InertText text={selection} />
          </span>
          <RelativeTime at={replay.created_at} className="shrink-0 text-faint text-sm tabular-nums" />
        </span>
        <span className="flex items-center gap-2.5">
          <OutcomeBar outcomes={roughOutcomes(replay)} inProgress={replay.in_progress} rough />
          <span data-testid="newest-replay-result" className="shrink-0 text-quiet text-sm tabular-nums">
            {resultText(replay)}
          </span>
        </span>
      </Link>
    </li>
  );
}
