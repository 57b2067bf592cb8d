/** Labels, colours and icons of replays and their outcomes, in one list per enum. */
import {
  Ban,
  CheckCheck,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CirclePause,
  CircleX,
  Clock,
  Equal,
  Layers2,
  type LucideIcon,
  OctagonPause,
  PencilLine,
  SkipForward,
  SquarePen,
} from "lucide-react";
import type { ItemOutcome } from "@/lib/client/replays";
import { REPLAY_OUTCOME, REPLAY_STATUS } from "@/lib/contract/replay-words";
import type { ReplayStatus } from "@/lib/contract/vocabulary";
import { cn } from "../ui/cn";
import { StatusIcon } from "./status-badge";

interface Look {
  icon: LucideIcon;
  tone: string;
  moving?: boolean;
}

export const REPLAY_STATUS_STYLE: Record<ReplayStatus, Look> = {
  draft: { icon: SquarePen, tone: "text-grey" },
  queued: { icon: Clock, tone: "text-slate" },
  running: { icon: CircleDot, tone: "text-blue", moving: true },
  paused: { icon: CirclePause, tone: "text-violet" },
  completed: { icon: CheckCheck, tone: "text-teal" },
  stopped: { icon: OctagonPause, tone: "text-red" },
  cancelled: { icon: Ban, tone: "text-grey" },
};

/** `fill` is the segment in a bar: hatched where something went wrong, hollow where nothing ran. */
export const OUTCOME_STYLE: Record<ItemOutcome, Look & { label: string; meaning: string; fill: string }> = {
  changed: { ...REPLAY_OUTCOME.changed, icon: PencilLine, tone: "text-teal", fill: "bg-current" },
  already_correct: { ...REPLAY_OUTCOME.already_correct, icon: Equal, tone: "text-sage", fill: "bg-current opacity-60" },
  superseded: { ...REPLAY_OUTCOME.superseded, icon: Layers2, tone: "text-violet", fill: "bg-current opacity-70" },
  delivered: { ...REPLAY_OUTCOME.delivered, icon: CircleCheck, tone: "text-green", fill: "bg-current" },
  failed: {
    ...REPLAY_OUTCOME.failed,
    icon: CircleX,
    tone: "text-red",
    fill: "bg-[repeating-linear-gradient(115deg,currentColor_0_4px,transparent_4px_6px)] bg-tint ring-1 ring-current ring-inset",
  },
  skipped: {
    ...REPLAY_OUTCOME.skipped,
    icon: SkipForward,
    tone: "text-grey",
    fill: "bg-[repeating-linear-gradient(115deg,currentColor_0_1px,transparent_1px_5px)] opacity-60",
  },
  waiting: { label: "Waiting", meaning: "It has not run yet.", icon: CircleDashed, tone: "text-slate", fill: "" },
};

/** The order in which outcomes are read: good first, then what needs attention, then what did not run. */
export const OUTCOMES = Object.keys(OUTCOME_STYLE) as ItemOutcome[];

export function ReplayStatusBadge({ status, large }: { status: ReplayStatus; large?: boolean }) {
  const look = REPLAY_STATUS_STYLE[status];
  return (
    <span
      data-testid="replay-status"
      className={cn(
        "inline-flex shrink-0 items-center gap-1.5 whitespace-nowrap align-middle font-medium",
        look.tone,
        large && "h-6 rounded-sm bg-tint pr-2 pl-1.5",
      )}
    >
      <StatusIcon look={look} />
      {REPLAY_STATUS[status].label}
    </span>
  );
}

export function OutcomeLabel({ outcome }: { outcome: ItemOutcome }) {
  const look = OUTCOME_STYLE[outcome];
  return (
    <span
      title={look.meaning}
      className={cn("inline-flex items-center gap-1.5 whitespace-nowrap align-middle font-medium", look.tone)}
    >
      <StatusIcon look={look} />
      {look.label}
    </span>
  );
}
