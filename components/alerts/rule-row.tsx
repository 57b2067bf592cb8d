import { TriangleAlert } from "lucide-react";
import Link from "next/link";
import { whenText } from "@/lib/contract/alert-words";
import type { AlertRule } from "@/lib/contract/api/alert-rules";
import { count } from "../format";
import { InertText } from "../inert-text";
import { alertsAddress } from "../links";
import { SeverityMark } from "../status/severity-mark";
import { type Column, cellClass, rowClass } from "../table/data-table";
import { cn } from "../ui/cn";
import { aboutText } from "./alert-text";
import type { AlertRights } from "./rights";
import { RuleSwitch } from "./rule-switch";

export const RULE_COLUMNS = {
  severity: { title: "Severity", className: "md:w-20" },
  rule: { title: "Rule", className: "" },
  fired: { title: "Fired, 14 days", className: "md:w-32", numeric: true },
  state: { title: "On", className: "md:w-20", numeric: true },
} as const satisfies Record<string, Column>;

/** One rule. Its name opens it. */
export function RuleRow({ rule, rights, onOpen }: { rule: AlertRule; rights: AlertRights; onOpen: () => void }) {
  const about = aboutText(rule);
  return (
    <tr
      id={rule.id}
      data-testid="rule-row"
      className={cn("relative scroll-mt-24 target:bg-tint", rowClass, "max-md:grid-cols-[auto_minmax(0,1fr)_auto]")}
    >
      <td className={cn(cellClass, "align-top")}>
        <SeverityMark severity={rule.severity} />
      </td>
      <td className={cn(cellClass, !rule.enabled && "text-faint")}>
        <button
          type="button"
          data-testid="rule-open"
          onClick={onOpen}
          className="block max-w-full text-left font-medium outline-none [overflow-wrap:anywhere] after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:outline-accent focus-visible:after:-outline-offset-2"
        >
          <InertText text={rule.name} />
        </button>
        <span className={cn("block text-pretty text-sm", rule.enabled ? "text-quiet" : "text-faint")}>
          {whenText(rule.kind, rule.settings)}
          {rule.bad_evaluations > 1 && ` For ${rule.bad_evaluations} minutes in a row.`}
        </span>
        {about && (
          <span className="block text-quiet text-sm">
            Only about <InertText text={about} />
          </span>
        )}
        {rule.problem && (
          <span className="mt-0.5 flex items-start gap-1.5 text-amber text-sm [overflow-wrap:anywhere]">
            <TriangleAlert aria-hidden="true" className="mt-0.75 size-3 shrink-0" />
            <InertText text={`Its evaluation failed: ${rule.problem}`} />
          </span>
        )}
      </td>
      <td
        className={cn(
          cellClass,
          "text-right align-top tabular-nums max-md:col-start-2 max-md:row-start-2 max-md:text-left",
        )}
      >
        {rule.fired_14_days > 0 ? (
          <Link
            href={alertsAddress({ rule_id: rule.id })}
            prefetch={false}
            className="relative z-1 underline underline-offset-2"
          >
            {count(rule.fired_14_days)}
            <span className="md:hidden"> in 14 days</span>
          </Link>
        ) : (
          <span className="text-faint">
            0<span className="md:hidden"> in 14 days</span>
          </span>
        )}
        {rule.firing > 0 && <span className="block text-red text-sm">{count(rule.firing)} now</span>}
      </td>
      <td className={cn(cellClass, "text-right align-top max-md:col-start-3 max-md:row-start-1")}>
        <RuleSwitch rule={rule} rights={rights} />
      </td>
    </tr>
  );
}
