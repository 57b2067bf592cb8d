import Link from "next/link";
import type { Incident } from "@/lib/contract/incident-words";
import { count } from "../format";
import { cn } from "../ui/cn";

export const VIEWS = ["recovery", "items", "impact", "timeline"] as const;
export type IncidentView = (typeof VIEWS)[number];

const NAMES: Record<IncidentView, string> = {
  recovery: "Recovery",
  items: "Events",
  impact: "Impact",
  timeline: "Timeline",
};

/** The parts of an incident's page. The address keeps which one is shown. */
export function ViewTabs({ incident, view }: { incident: Incident; view: IncidentView }) {
  return (
    <nav aria-label="Parts of the incident" className="mt-6 flex gap-4 overflow-x-auto border-b">
      {VIEWS.map((one) => (
        <Link
          key={one}
          href={viewAddress(incident.id, one)}
          replace
          scroll={false}
          prefetch={false}
          data-testid={`view-${one}`}
          aria-current={one === view ? "page" : undefined}
          className={cn(
            "-mb-px flex h-9 shrink-0 items-center gap-1.5 border-transparent border-b-2 font-medium text-quiet outline-offset-[-2px] transition-colors duration-150 hover:text-ink",
            one === view && "border-accent text-ink",
          )}
        >
          {NAMES[one]}
          {one === "items" && (
            <span className="font-normal text-faint text-sm tabular-nums">{count(incident.counts.total)}</span>
          )}
        </Link>
      ))}
    </nav>
  );
}

export function viewAddress(id: string, view: IncidentView, query = ""): string {
  const search = [view === "recovery" ? "" : `view=${view}`, query].filter(Boolean).join("&");
  return search ? `/incidents/${id}?${search}` : `/incidents/${id}`;
}
