"use client";

import { useRouter } from "next/navigation";
import { useTransition } from "react";
import { ALERT_KIND } from "@/lib/contract/alert-kinds";
import { type AlertFilter, KIND_GROUPS, printAlertFilter } from "@/lib/contract/alert-words";
import { type IncidentSeverity, SEVERITIES } from "@/lib/contract/incidents";
import { PROVIDERS } from "@/lib/contract/providers";
import { Checklist } from "../filters/checklist";
import { FilterChip } from "../filters/filter-chip";
import { alertsAddress } from "../links";
import { providerName } from "../provider";
import { Button } from "../ui/button";

const severities = (Object.keys(SEVERITIES) as IncidentSeverity[]).map((severity) => ({
  value: severity,
  label: SEVERITIES[severity].label,
}));
const kinds = KIND_GROUPS.flatMap((group) => group.kinds).map((kind) => ({
  value: kind,
  label: ALERT_KIND[kind].label,
}));
const providers = PROVIDERS.map(({ slug, label }) => ({ value: slug, label }));

/** The filter of what fires and of the history. Its only state is the address. */
export function AlertFilterBar({ filter }: { filter: AlertFilter }) {
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const go = (next: AlertFilter) => startTransition(() => router.push(alertsAddress(next), { scroll: false }));
  const kindWords = filter.kind?.map((kind) => ALERT_KIND[kind].label.toLowerCase()).join(" or ") || null;
  return (
    <search aria-label="Filter alerts" aria-busy={pending} className="flex flex-wrap items-start gap-1.5 pb-3">
      <FilterChip
        name="severity"
        words={filter.severity?.join(" or ") || null}
        onClear={() => go({ ...filter, severity: undefined })}
      >
        <Checklist options={severities} chosen={filter.severity} onChange={(severity) => go({ ...filter, severity })} />
      </FilterChip>
      <FilterChip name="kind" words={kindWords} onClear={() => go({ ...filter, kind: undefined })}>
        <Checklist options={kinds} chosen={filter.kind} onChange={(kind) => go({ ...filter, kind })} />
      </FilterChip>
      <FilterChip
        name="provider"
        words={filter.provider_slug ? providerName(filter.provider_slug) : null}
        onClear={() => go({ ...filter, provider_slug: undefined })}
      >
        <Checklist
          options={providers}
          chosen={filter.provider_slug ? [filter.provider_slug] : []}
          // One at a time: the last one that was selected.
          onChange={(chosen) => go({ ...filter, provider_slug: chosen?.find((one) => one !== filter.provider_slug) })}
        />
      </FilterChip>
      {filter.rule_id && (
        <FilterChip name="rule" mono words={filter.rule_id} onClear={() => go({ ...filter, rule_id: undefined })}>
          <p className="px-2 py-1 text-quiet">Alerts of one rule.</p>
        </FilterChip>
      )}
      {printAlertFilter(filter) !== "" && (
        <Button variant="ghost" size="sm" onClick={() => go({})}>
          Clear
        </Button>
      )}
    </search>
  );
}
