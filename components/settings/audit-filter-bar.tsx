"use client";

import { Download } from "lucide-react";
import { useRouter } from "next/navigation";
import { useOptimistic, useTransition } from "react";
import { auditExportAddress } from "@/lib/client/audit";
import type { AuditFilter } from "@/lib/contract/audit-filter";
import type { ActionChoices } from "@/lib/contract/staff";
import { Checklist } from "../filters/checklist";
import { filterText } from "../filters/event-filter-text";
import { FilterChip } from "../filters/filter-chip";
import { TextField } from "../filters/text-field";
import { TimeRangeField } from "../filters/time-range";
import { InertText } from "../inert-text";
import { auditAddress } from "../links";
import { useTimeFormat } from "../time";
import { Button } from "../ui/button";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "../ui/menu";
import { actionText } from "./labels";

/** The filter of the log, whose only state is the address, and the export. */
export function AuditFilterBar({ filter: read, choices }: { filter: AuditFilter; choices: ActionChoices }) {
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const format = useTimeFormat();
  // A checkbox changes at once, without waiting for the server.
  const [filter, show] = useOptimistic(read);
  const go = (next: AuditFilter) =>
    startTransition(() => {
      show(next);
      router.push(auditAddress(next), { scroll: false });
    });
  const actions = filter.action?.map(actionText).join(" or ") || null;
  const isFiltered = Object.values(filter).some(Boolean);
  return (
    <search aria-label="Filter the log" aria-busy={pending} className="flex items-start justify-between gap-3 pb-3">
      <div className="flex min-w-0 flex-wrap gap-1.5">
        <FilterChip name="person" words={filter.actor ?? null} onClear={() => go({ ...filter, actor: undefined })}>
          {(close) => (
            <div className="max-h-80 max-w-72 overflow-y-auto">
              {choices.actors.map((actor) => (
                <button
                  key={actor}
                  type="button"
                  onClick={() => close(() => go({ ...filter, actor }))}
                  className="block h-8 w-full truncate rounded-sm px-2 text-left hover:bg-hover"
                >
                  <InertText text={actor} />
                </button>
              ))}
            </div>
          )}
        </FilterChip>
        <FilterChip name="action" words={actions} onClear={() => go({ ...filter, action: undefined })}>
          <Checklist
            options={choices.actions.map((value) => ({ value, label: actionText(value) }))}
            chosen={filter.action}
            onChange={(action) => go({ ...filter, action })}
          />
        </FilterChip>
        <FilterChip
          name="subject"
          words={filter.subject ?? null}
          mono
          onClear={() => go({ ...filter, subject: undefined })}
        >
          {(close) => (
            <TextField
              label="The subject"
              example="wr_12 or an e-mail"
              value={filter.subject}
              onApply={(subject) => close(() => go({ ...filter, subject }))}
            />
          )}
        </FilterChip>
        <FilterChip
          name="time"
          words={filterText(filter, format).time}
          onClear={() => go({ ...filter, range: undefined, from_ts: undefined, to_ts: undefined })}
        >
          {(close) => (
            <TimeRangeField
              filter={filter}
              onChange={(time) =>
                close(() => go({ ...filter, range: undefined, from_ts: undefined, to_ts: undefined, ...time }))
              }
            />
          )}
        </FilterChip>
        {isFiltered && (
          <Button variant="ghost" size="sm" onClick={() => go({})}>
            Clear
          </Button>
        )}
      </div>
      <Menu>
        <MenuTrigger asChild>
          <Button size="sm" data-testid="audit-export">
            <Download /> Export
          </Button>
        </MenuTrigger>
        <MenuContent>
          {(["csv", "json"] as const).map((kind) => (
            <MenuItem key={kind} asChild>
              <a href={auditExportAddress(filter, kind)} download>
                {isFiltered ? "What matches" : "The whole log"} as {kind.toUpperCase()}
              </a>
            </MenuItem>
          ))}
        </MenuContent>
      </Menu>
    </search>
  );
}
