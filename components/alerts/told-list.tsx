import { BellOff, CircleCheck, CircleDashed, CircleMinus, CircleX } from "lucide-react";
import Link from "next/link";
import type { AlertDetail, Told } from "@/lib/contract/api/alerts";
import { InertText } from "../inert-text";
import { type Look, StatusBadge, StatusIcon } from "../status/status-badge";
import { type Column, cellClass, DataTable, rowClass } from "../table/data-table";
import { RelativeTime } from "../time";
import { cn } from "../ui/cn";

const COLUMNS = {
  what: { title: "What", className: "md:w-32" },
  to: { title: "To", className: "md:w-52" },
  outcome: { title: "Outcome", className: "" },
  at: { title: "When", className: "md:w-24", numeric: true },
} as const satisfies Record<string, Column>;

const KIND: Record<string, string> = {
  fired: "That it fires",
  repeated: "Again",
  acknowledged: "Acknowledged",
  resolved: "That it is well",
};

const STATUS: Record<string, Look & { label: string }> = {
  pending: { icon: CircleDashed, tone: "text-slate", label: "Waits" },
  sent: { icon: CircleCheck, tone: "text-green", label: "Accepted" },
  failed: { icon: CircleX, tone: "text-red", label: "Failed" },
  skipped: { icon: CircleMinus, tone: "text-grey", label: "Skipped" },
};

/** To whom the alert was told, and what each channel answered. "Accepted" is what a channel can know. */
export function ToldList({ alert }: { alert: AlertDetail }) {
  return (
    <section aria-labelledby="told" className="min-w-0">
      <h2 id="told" className="pb-1 font-medium">
        Who was told
      </h2>
      {alert.notifications.length === 0 ? (
        <p className="flex items-start gap-2 border-t py-3 text-pretty text-quiet">
          <BellOff aria-hidden="true" className="mt-0.75 size-3.5 shrink-0 text-faint" />
          <span>
            {alert.suppressed_because
              ? "No one, while it is not told."
              : "No one: no channel takes this severity, and no person asked for it."}{" "}
            <Link href="/alerts/channels" className="text-ink underline underline-offset-2">
              Show channels
            </Link>
          </span>
        </p>
      ) : (
        <DataTable section caption="Who was told" columns={Object.values(COLUMNS)}>
          {alert.notifications.map((told) => (
            <ToldRow key={told.id} told={told} />
          ))}
        </DataTable>
      )}
    </section>
  );
}

function ToldRow({ told }: { told: Told }) {
  const look = STATUS[told.status] ?? { icon: CircleDashed, tone: "text-slate", label: told.status };
  const cell = cn(cellClass, "align-top first:pl-0 last:pr-0");
  return (
    <tr data-testid="told" className={rowClass}>
      <td className={cell}>{KIND[told.kind] ?? told.kind}</td>
      <td className={cn(cell, "[overflow-wrap:anywhere]")}>
        <InertText text={told.to} />
      </td>
      <td className={cn(cell, "max-md:col-span-2")}>
        <span className="flex items-start gap-x-2">
          {/* An outcome such as "Accepted by Slack (200)." says it itself. */}
          {told.outcome?.startsWith(look.label) ? (
            <span className="mt-0.5">
              <StatusIcon look={look} />
            </span>
          ) : (
            <StatusBadge look={look} label={look.label} testId="told-status" />
          )}
          {told.outcome && (
            <span className="min-w-0 [overflow-wrap:anywhere]">
              <InertText text={told.outcome} />
            </span>
          )}
        </span>
      </td>
      <td className={cn(cell, "text-right text-quiet tabular-nums max-md:row-start-1 max-md:hidden")}>
        <RelativeTime at={told.ended_at ?? told.due_at} />
      </td>
    </tr>
  );
}
