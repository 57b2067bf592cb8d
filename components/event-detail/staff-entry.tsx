import { CheckCheck, MessageSquare, RotateCcw } from "lucide-react";
import type { EventDetail } from "@/lib/contract/events";
import { StaffText } from "../tickets";
import { RelativeTime } from "../time";
import { TimelineEntry } from "./timeline-entry";

/** What a person did about the event: a note, marking it as resolved, or taking that back. */
export interface StaffAct {
  kind: "note" | "resolved" | "reopened";
  actor: string;
  text: string;
  at: string;
}

const LOOK = {
  note: { Icon: MessageSquare, title: (actor: string) => `Note by ${actor}` },
  resolved: { Icon: CheckCheck, title: (actor: string) => `Marked as resolved by ${actor}` },
  reopened: { Icon: RotateCcw, title: (actor: string) => `Reopened by ${actor}` },
};

/** In the order they were done. */
export function staffActs({ notes, resolutions, reopenings }: EventDetail): StaffAct[] {
  const acts: StaffAct[] = [
    ...notes.map(({ actor, message, written_at }) => ({ kind: "note" as const, actor, text: message, at: written_at })),
    ...resolutions.map(({ actor, reason, resolved_at }) => ({
      ...{ kind: "resolved" as const, actor, text: reason, at: resolved_at },
    })),
    ...reopenings.map(({ actor, reason, reopened_at }) => ({
      ...{ kind: "reopened" as const, actor, text: reason, at: reopened_at },
    })),
  ];
  return acts.toSorted((a, b) => a.at.localeCompare(b.at));
}

export function StaffEntry({ act: { kind, actor, text, at } }: { act: StaffAct }) {
  const { Icon, title } = LOOK[kind];
  return (
    <TimelineEntry
      icon={<Icon aria-hidden="true" className="size-3.5 text-quiet" />}
      title={<span className="font-medium">{title(actor)}</span>}
      aside={
        <span className="text-quiet text-sm">
          <RelativeTime at={at} />
        </span>
      }
    >
      <p className="whitespace-pre-wrap text-quiet [overflow-wrap:anywhere]">
        <StaffText text={text} />
      </p>
    </TimelineEntry>
  );
}
