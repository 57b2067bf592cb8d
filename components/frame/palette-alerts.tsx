import { BellRing } from "lucide-react";
import type { Found, FoundAlert, FoundAlertRule } from "@/lib/contract/search";
import { InertText } from "../inert-text";
import { RelativeTime } from "../time";
import { type GoOptions, PaletteGroup, PaletteItem } from "./palette-item";

export const alertAddress = ({ id }: Pick<FoundAlert, "id">) => `/alerts/${id}`;
export const ruleAddress = ({ id }: Pick<FoundAlertRule, "id">) => `/alerts/rules#${id}`;

/** An alert or a rule whose id was typed or pasted. */
export function FoundAlerts({
  found: { alerts, alert_rules },
  go,
}: {
  found: Found;
  go: (href: string, options?: GoOptions) => void;
}) {
  if (alerts.length + alert_rules.length === 0) return null;
  return (
    <PaletteGroup heading="Alerts">
      {alerts.map(({ id, summary, severity, fired_at, resolved_at }) => (
        <PaletteItem
          key={id}
          id={id}
          icon={<BellRing />}
          onSelect={() => go(alertAddress({ id }), { label: summary })}
          aside={resolved_at ? "Resolved" : <RelativeTime at={fired_at} />}
        >
          <span className="font-mono text-sm">{id}</span>
          <span className="text-quiet">{severity}</span>
          <span className="min-w-0 truncate">
            <InertText text={summary} />
          </span>
        </PaletteItem>
      ))}
      {alert_rules.map(({ id, name, enabled }) => (
        <PaletteItem
          key={id}
          id={id}
          icon={<BellRing />}
          onSelect={() => go(ruleAddress({ id }), { label: name })}
          aside={enabled ? "Rule" : "Rule, off"}
        >
          <span className="font-mono text-sm">{id}</span>
          <span className="min-w-0 truncate">
            <InertText text={name} />
          </span>
        </PaletteItem>
      ))}
    </PaletteGroup>
  );
}
