/** Colours and icons of incidents, their items and steps, in one list per enum. */
import {
  Ban,
  CheckCheck,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CirclePause,
  CircleSlash,
  CircleX,
  Eye,
  ListChecks,
  OctagonX,
  PencilLine,
  RefreshCw,
  RotateCcw,
  ShieldX,
  Unplug,
} from "lucide-react";
import {
  INCIDENT_CAUSE,
  INCIDENT_ITEM_STATE,
  INCIDENT_STATE,
  type IncidentCause,
  type IncidentItemState,
  type IncidentState,
  type IncidentStepStatus,
} from "@/lib/contract/incident-words";
import { type Look, StatusBadge } from "../status/status-badge";

export const STATE_STYLE: Record<IncidentState, Look> = {
  open: { icon: CircleAlert, tone: "text-red" },
  recovering: { icon: CircleDot, tone: "text-blue", moving: true },
  verifying: { icon: Eye, tone: "text-violet" },
  closed: { icon: CheckCheck, tone: "text-teal" },
  closed_with_exceptions: { icon: ListChecks, tone: "text-amber" },
  reopened: { icon: RotateCcw, tone: "text-red" },
};

/** `fill` is the segment in a bar: hatched where something is wrong. */
export const ITEM_STYLE: Record<IncidentItemState, Look & { fill: string }> = {
  verified: { icon: CircleCheck, tone: "text-green", fill: "bg-current" },
  recovered: { icon: CheckCheck, tone: "text-teal", fill: "bg-current opacity-60" },
  affected: { icon: CircleDashed, tone: "text-slate", fill: "" },
  still_missing: {
    icon: CircleSlash,
    tone: "text-red",
    fill: "bg-[repeating-linear-gradient(115deg,currentColor_0_4px,transparent_4px_6px)] bg-tint ring-1 ring-current ring-inset",
  },
  unrecoverable: {
    icon: Ban,
    tone: "text-grey",
    fill: "bg-[repeating-linear-gradient(115deg,currentColor_0_1px,transparent_1px_5px)] opacity-60",
  },
};

export const CAUSE_STYLE: Record<IncidentCause, Look> = {
  missing: { icon: CircleSlash, tone: "text-red" },
  rejected: { icon: ShieldX, tone: "text-amber" },
  failed: { icon: OctagonX, tone: "text-red" },
  waiting: { icon: RefreshCw, tone: "text-amber" },
  stale: { icon: Unplug, tone: "text-violet" },
  drifted: { icon: PencilLine, tone: "text-violet" },
  delivered: { icon: CircleCheck, tone: "text-green" },
};

export const STEP_STYLE: Record<IncidentStepStatus, Look> = {
  pending: { icon: CircleDashed, tone: "text-faint" },
  running: { icon: CircleDot, tone: "text-blue", moving: true },
  waiting: { icon: CirclePause, tone: "text-amber" },
  done: { icon: CircleCheck, tone: "text-green" },
  failed: { icon: CircleX, tone: "text-red" },
};

export function IncidentStateBadge({ state, large }: { state: IncidentState; large?: boolean }) {
  const { label, meaning } = INCIDENT_STATE[state];
  return <StatusBadge look={STATE_STYLE[state]} label={label} title={meaning} large={large} testId="incident-state" />;
}

export function ItemStateLabel({ state, accepted }: { state: IncidentItemState; accepted?: boolean }) {
  const { label, meaning } = INCIDENT_ITEM_STATE[state];
  return (
    <StatusBadge
      look={ITEM_STYLE[state]}
      label={accepted ? "Accepted" : label}
      title={accepted ? "An administrator accepted that it cannot be brought back." : meaning}
      testId="item-state"
    />
  );
}

/** Without its colour when it is `over`: what is verified needs no one. */
export function CauseLabel({ cause, over }: { cause: IncidentCause; over: boolean }) {
  const { label, meaning } = INCIDENT_CAUSE[cause];
  const look = over ? { ...CAUSE_STYLE[cause], tone: "text-grey" } : CAUSE_STYLE[cause];
  return <StatusBadge look={look} label={label} title={meaning} testId="item-cause" />;
}
