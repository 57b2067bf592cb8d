/** Every status of the product: colour, icon and label, in one list per enum. */
import {
  Ban,
  CheckCheck,
  CircleArrowDown,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CircleMinus,
  CirclePause,
  CircleX,
  OctagonX,
  RefreshCw,
  Unplug,
  UserCheck,
} from "lucide-react";
import {
  type AttemptStatus,
  DELIVERY_STATUS,
  type DeliveryStatus,
  EVENT_STATUS,
  type EventStatus,
} from "@/lib/contract/vocabulary";
import { type Look, StatusBadge } from "./status-badge";

export const EVENT_STATUS_STYLE: Record<EventStatus, Look> = {
  received: { icon: CircleArrowDown, tone: "text-slate" },
  processing: { icon: CircleDot, tone: "text-blue", moving: true },
  processed: { icon: CircleCheck, tone: "text-green" },
  failed: { icon: RefreshCw, tone: "text-amber" },
  dead: { icon: OctagonX, tone: "text-red" },
  replayed: { icon: CheckCheck, tone: "text-teal" },
  resolved: { icon: UserCheck, tone: "text-sage" },
  ignored: { icon: CircleMinus, tone: "text-grey" },
};

export const DELIVERY_STATUS_STYLE: Record<DeliveryStatus, Look> = {
  pending: { icon: CircleDashed, tone: "text-slate" },
  claimed: { icon: CircleDot, tone: "text-blue", moving: true },
  retrying: { icon: RefreshCw, tone: "text-amber" },
  held: { icon: CirclePause, tone: "text-violet" },
  delivered: { icon: CircleCheck, tone: "text-green" },
  dead: { icon: OctagonX, tone: "text-red" },
  cancelled: { icon: Ban, tone: "text-grey" },
};

export const ATTEMPT_STATUS_STYLE: Record<AttemptStatus, Look & { label: string }> = {
  open: { icon: CircleDot, tone: "text-blue", moving: true, label: "In flight" },
  succeeded: { icon: CircleCheck, tone: "text-green", label: "Succeeded" },
  failed: { icon: CircleX, tone: "text-red", label: "Failed" },
  lease_expired: { icon: Unplug, tone: "text-amber", label: "Interrupted" },
};

export function EventStatusBadge({ status, large }: { status: EventStatus; large?: boolean }) {
  const { label, meaning } = EVENT_STATUS[status];
  return (
    <StatusBadge look={EVENT_STATUS_STYLE[status]} label={label} title={meaning} large={large} testId="event-status" />
  );
}

export function DeliveryStatusBadge({ status }: { status: DeliveryStatus }) {
  return (
    <StatusBadge
      look={DELIVERY_STATUS_STYLE[status]}
      label={DELIVERY_STATUS[status].label}
      large
      testId="delivery-status"
    />
  );
}

/** The same without a background, for rows. */
export function DeliveryStatusLabel({ status }: { status: DeliveryStatus }) {
  return (
    <StatusBadge look={DELIVERY_STATUS_STYLE[status]} label={DELIVERY_STATUS[status].label} testId="delivery-status" />
  );
}
