/** Colours and icons of runs and findings, in one list per enum. */
import {
  Ban,
  CheckCheck,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CircleSlash,
  CircleX,
  Clock,
  ClockArrowDown,
  OctagonX,
  PencilLine,
  Redo2,
  ShieldX,
  TriangleAlert,
  Unplug,
} from "lucide-react";
import { FINDING_STATE, RECONCILIATION_STATUS } from "@/lib/contract/reconciliations";
import type { FindingKind, FindingState, ReconciliationStatus } from "@/lib/contract/vocabulary";
import { type Look, StatusBadge } from "../status/status-badge";

const STATUS_STYLE: Record<ReconciliationStatus, Look> = {
  queued: { icon: Clock, tone: "text-slate" },
  running: { icon: CircleDot, tone: "text-blue", moving: true },
  completed: { icon: CheckCheck, tone: "text-teal" },
  partial: { icon: TriangleAlert, tone: "text-amber" },
  failed: { icon: CircleX, tone: "text-red" },
  cancelled: { icon: Ban, tone: "text-grey" },
};

export const KIND_STYLE: Record<FindingKind, Look> = {
  missing: { icon: CircleSlash, tone: "text-red" },
  rejected: { icon: ShieldX, tone: "text-amber" },
  undelivered: { icon: OctagonX, tone: "text-red" },
  drifted: { icon: PencilLine, tone: "text-violet" },
  not_subscribed: { icon: Unplug, tone: "text-amber" },
  unrecoverable: { icon: Ban, tone: "text-grey" },
};

const STATE_STYLE: Record<FindingState, Look> = {
  open: { icon: CircleDashed, tone: "text-red" },
  back_filling: { icon: Redo2, tone: "text-blue", moving: true },
  repaired: { icon: CircleCheck, tone: "text-green" },
  late: { icon: ClockArrowDown, tone: "text-sage" },
};

export function RunStatusBadge({ status, large }: { status: ReconciliationStatus; large?: boolean }) {
  const { label, meaning } = RECONCILIATION_STATUS[status];
  return <StatusBadge look={STATUS_STYLE[status]} label={label} title={meaning} large={large} testId="run-status" />;
}

export function FindingStateBadge({ state }: { state: FindingState }) {
  const { label, meaning } = FINDING_STATE[state];
  return <StatusBadge look={STATE_STYLE[state]} label={label} title={meaning} testId="finding-state" />;
}
