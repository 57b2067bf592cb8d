import { INCIDENT_ITEM_STATE, type IncidentInBrief, ITEM_STATES } from "@/lib/contract/incident-words";
import { count } from "../format";
import { cn } from "../ui/cn";
import { ITEM_STYLE } from "./incident-status";

/** How much of an incident is verified, and what became of the rest. Segments differ in pattern, not in colour only. */
export function ItemStateBar({ counts, thick }: { counts: IncidentInBrief["counts"]; thick?: boolean }) {
  const parts = ITEM_STATES.filter((state) => counts[state] > 0);
  const words = parts.map((state) => `${count(counts[state])} ${INCIDENT_ITEM_STATE[state].label.toLowerCase()}`);
  return (
    <div
      role="progressbar"
      aria-label="Verified events"
      aria-valuemin={0}
      aria-valuemax={counts.total}
      aria-valuenow={counts.verified}
      aria-valuetext={words.join(", ") || "no events"}
      title={words.join(", ")}
      className={cn("flex w-full gap-px overflow-hidden bg-hover", thick ? "h-5 rounded-md" : "h-2 rounded-sm")}
    >
      {parts.map((state) => (
        <span
          key={state}
          aria-hidden="true"
          style={{ flexGrow: counts[state] }}
          className={cn(
            "min-w-1 basis-0 transition-[flex-grow] duration-180",
            ITEM_STYLE[state].tone,
            ITEM_STYLE[state].fill,
          )}
        />
      ))}
    </div>
  );
}
