/** The states of a destination: colour, icon, label and meaning, in one list. */
import {
  CircleCheck,
  CircleDashed,
  CircleOff,
  CirclePause,
  Hourglass,
  type LucideIcon,
  Stethoscope,
  TriangleAlert,
  Turtle,
  Unplug,
} from "lucide-react";
import type { DestinationState } from "@/lib/contract/destinations";
import { cn } from "../ui/cn";
import { StatusIcon } from "./status-badge";

interface Look {
  icon: LucideIcon;
  tone: string;
  label: string;
  meaning: string;
  moving?: boolean;
}

/** In the order of urgency. */
export const DESTINATION_STATE_STYLE: Record<DestinationState, Look> = {
  open: {
    icon: Unplug,
    tone: "text-red",
    label: "Circuit open",
    meaning: "Too many attempts failed. Deliveries wait until a test delivery succeeds.",
  },
  failing: {
    icon: TriangleAlert,
    tone: "text-red",
    label: "Failing",
    meaning: "Most attempts of the last minutes failed.",
  },
  half_open: {
    icon: Stethoscope,
    tone: "text-amber",
    label: "Trying again",
    meaning: "The circuit was open. One test delivery is sent. When it succeeds, the others follow.",
    moving: true,
  },
  disabled: {
    icon: CircleOff,
    tone: "text-red",
    label: "Disabled",
    meaning: "Nothing is sent there. New events are held.",
  },
  throttled: {
    icon: Hourglass,
    tone: "text-amber",
    label: "Slowed down",
    meaning: "The endpoint asked for a pause. Deliveries wait for its end.",
  },
  slow: {
    icon: Turtle,
    tone: "text-amber",
    label: "Slow",
    meaning: "It responds, but much more slowly than it should.",
  },
  paused: {
    icon: CirclePause,
    tone: "text-violet",
    label: "Paused",
    meaning: "A user paused it. Events are held and nothing is lost.",
  },
  healthy: { icon: CircleCheck, tone: "text-green", label: "Healthy", meaning: "Deliveries succeed." },
  idle: { icon: CircleDashed, tone: "text-grey", label: "Idle", meaning: "Nothing was sent there recently." },
};

export const DESTINATION_STATES = Object.keys(DESTINATION_STATE_STYLE) as DestinationState[];

/** Icon and label; `large` adds a tinted background, for headings. */
export function DestinationStateBadge({ state, large }: { state: DestinationState; large?: boolean }) {
  const look = DESTINATION_STATE_STYLE[state];
  return (
    <span
      data-testid="destination-state"
      title={look.meaning}
      className={cn(
        "inline-flex shrink-0 items-center gap-1.5 whitespace-nowrap align-middle font-medium",
        look.tone,
        large && "h-6 rounded-sm bg-tint pr-2 pl-1.5",
      )}
    >
      <StatusIcon look={look} />
      {look.label}
    </span>
  );
}
