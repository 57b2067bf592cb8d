import { type IncidentSeverity, SEVERITIES } from "@/lib/contract/incidents";
import { cn } from "../ui/cn";

const SEVERITY_TONE: Record<IncidentSeverity, string> = {
  P0: "bg-red text-page",
  P1: "bg-tint text-red ring-1 ring-current ring-inset",
  P2: "bg-tint text-amber ring-1 ring-current ring-inset",
  P3: "bg-tint text-slate",
  P4: "bg-tint text-grey",
};

/** `P1`, with its meaning on hover. */
export function SeverityMark({ severity, large }: { severity: IncidentSeverity; large?: boolean }) {
  return (
    <span
      title={SEVERITIES[severity].label}
      data-testid="severity"
      className={cn(
        "inline-grid shrink-0 place-items-center rounded-sm px-1.5 align-middle font-medium font-mono text-sm tabular-nums",
        large ? "h-6" : "h-5",
        SEVERITY_TONE[severity],
      )}
    >
      <span className="sr-only">Severity </span>
      {severity}
    </span>
  );
}
