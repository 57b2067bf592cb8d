import { Redo2 } from "lucide-react";
import Link from "next/link";
import type { Replay } from "@/lib/contract/replays";
import { InertText } from "../inert-text";
import { RelativeTime } from "../time";
import { REPLAY_LABELS } from "./labels";

/** A person replayed the delivery: who, when and why. The attempts below it belong to the replay. */
export function ReplayMark({ replay }: { replay: Replay }) {
  const ended = replay.status === "completed";
  return (
    <div className="my-1 flex items-start gap-2 rounded-md bg-tint px-2 py-1.5 text-teal">
      <Redo2 aria-hidden="true" className="mt-0.75 size-3.5 shrink-0" />
      <p className="min-w-0 flex-1 [overflow-wrap:anywhere]">
        <Link href={`/replays/${replay.id}`} className="font-medium underline-offset-2 hover:underline">
          Replayed by {replay.actor}
        </Link>
        {!ended && ` (${REPLAY_LABELS[replay.status]})`}:{" "}
        <span className="text-ink">
          <InertText text={replay.reason} />
        </span>
      </p>
      <RelativeTime at={replay.created_at} className="mt-0.5 shrink-0 text-quiet text-sm" />
    </div>
  );
}
