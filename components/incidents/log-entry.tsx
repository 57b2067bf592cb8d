import {
  ArchiveRestore,
  CheckCheck,
  CircleAlert,
  CirclePlus,
  Eye,
  Hand,
  ListChecks,
  type LucideIcon,
  MessageSquareText,
  PencilLine,
  Redo2,
  RotateCcw,
  Scale,
  ThumbsDown,
  ThumbsUp,
  Waypoints,
} from "lucide-react";
import Link from "next/link";
import type { IncidentLogEntry, IncidentLogKind } from "@/lib/contract/incident-words";
import { InertText } from "../inert-text";
import { StaffText } from "../tickets";
import { RelativeTime } from "../time";
import { cn } from "../ui/cn";

const KIND: Record<IncidentLogKind, { icon: LucideIcon; tone: string }> = {
  opened: { icon: CircleAlert, tone: "text-red" },
  grown: { icon: CirclePlus, tone: "text-amber" },
  changed: { icon: PencilLine, tone: "text-faint" },
  note: { icon: MessageSquareText, tone: "text-accent" },
  step: { icon: Waypoints, tone: "text-slate" },
  replay: { icon: Redo2, tone: "text-teal" },
  reconciliation: { icon: Scale, tone: "text-slate" },
  verified: { icon: Eye, tone: "text-green" },
  accepted: { icon: ListChecks, tone: "text-amber" },
  requested: { icon: Hand, tone: "text-amber" },
  approved: { icon: ThumbsUp, tone: "text-green" },
  declined: { icon: ThumbsDown, tone: "text-red" },
  evidence: { icon: ArchiveRestore, tone: "text-slate" },
  closed: { icon: CheckCheck, tone: "text-teal" },
  reopened: { icon: RotateCcw, tone: "text-red" },
};

/** One entry of the timeline: what happened, who did it, and when. */
export function LogEntry({ entry }: { entry: IncidentLogEntry }) {
  const { icon: Icon, tone } = KIND[entry.kind];
  const isNote = entry.kind === "note";
  const link = linkOf(entry.details);
  return (
    <li className="group/entry relative pb-4 pl-7" data-testid="log-entry" data-kind={entry.kind}>
      <span
        aria-hidden="true"
        className="absolute top-6 bottom-0 left-[0.4375rem] w-px bg-line group-last/entry:hidden"
      />
      <span className="absolute top-1 left-0 grid size-3.5 place-items-center">
        <Icon aria-hidden="true" className={cn("size-3.5", tone)} strokeWidth={2.25} />
      </span>
      <p
        className={cn(
          "whitespace-pre-wrap text-pretty [overflow-wrap:anywhere]",
          isNote && "rounded-md bg-sunken px-3 py-2",
        )}
      >
        <StaffText text={entry.message} />
        {link && (
          <>
            {" "}
            <Link href={link.href} prefetch={false} className="text-accent hover:underline">
              {link.id}
            </Link>
          </>
        )}
      </p>
      <p className="text-faint text-sm">
        <InertText text={entry.actor} /> · <RelativeTime at={entry.at} />
      </p>
    </li>
  );
}

/** The replay or the run that the entry is about. */
function linkOf({ replay_id, reconciliation_id }: IncidentLogEntry["details"]): { id: string; href: string } | null {
  if (typeof replay_id === "string" && replay_id.startsWith("wr_")) {
    return { id: replay_id, href: `/replays/${replay_id}` };
  }
  if (typeof reconciliation_id === "string" && reconciliation_id.startsWith("rc_")) {
    return { id: reconciliation_id, href: `/reconciliation/${reconciliation_id}` };
  }
  return null;
}
