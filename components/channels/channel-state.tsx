import {
  BellRing,
  CircleCheck,
  CircleDashed,
  CircleOff,
  Hash,
  type LucideIcon,
  Mail,
  TriangleAlert,
  Users,
  Webhook,
} from "lucide-react";
import type { ChannelKind } from "@/lib/contract/channel-words";
import { StatusBadge } from "../status/status-badge";
import type { ChannelState } from "./channel-text";

/** How each kind of channel is drawn. */
export const KIND_ICON: Record<ChannelKind, LucideIcon> = {
  email: Mail,
  slack: Hash,
  teams: Users,
  pagerduty: BellRing,
  webhook: Webhook,
};

const STYLE: Record<ChannelState, { icon: LucideIcon; tone: string; label: string; meaning: string }> = {
  failing: {
    icon: TriangleAlert,
    tone: "text-red",
    label: "Failing",
    meaning: "Its newest message was not accepted.",
  },
  unused: {
    icon: CircleDashed,
    tone: "text-grey",
    label: "Not used yet",
    meaning: "Nothing was sent through it. Send a test.",
  },
  works: { icon: CircleCheck, tone: "text-green", label: "Works", meaning: "Its newest message was accepted." },
  off: { icon: CircleOff, tone: "text-grey", label: "Off", meaning: "It is told nothing." },
};

export function ChannelStateBadge({ state }: { state: ChannelState }) {
  const { label, meaning, ...look } = STYLE[state];
  return <StatusBadge look={look} label={label} title={meaning} testId="channel-state" />;
}
