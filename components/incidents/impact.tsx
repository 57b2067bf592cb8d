"use client";

import Link from "next/link";
import { printItemFilter } from "@/lib/contract/incident-filter";
import { customerNotice } from "@/lib/contract/incident-texts";
import type { Incident } from "@/lib/contract/incident-words";
import { CopyButton } from "../copy-button";
import { count, percent } from "../format";
import { InertText } from "../inert-text";
import { ProviderMark } from "../provider";
import { type Column, cellClass, DataTable, rowClass } from "../table/data-table";
import { cn } from "../ui/cn";
import { IncidentKpis } from "./incident-kpis";
import { ItemStateBar } from "./item-state-bar";
import { shareOf } from "./kpis";
import { viewAddress } from "./view-tabs";

const COLUMNS = {
  what: { title: "", className: "" },
  events: { title: "Events", className: "md:w-20", numeric: true },
  state: { title: "State", className: "md:w-44" },
  verified: { title: "Verified", className: "md:w-20", numeric: true },
} as const satisfies Record<string, Column>;
const NOTICE: Column = { title: "Notice", className: "md:w-32" };
const cell = cn(cellClass, "first:pl-0 last:pr-0");

/** Whom the outage hit: by merchant, each with a text to send, and by type; and how the recovery went. */
export function Impact({ incident }: { incident: Incident }) {
  const { organisations, types } = incident.impact;
  return (
    <>
      <IncidentKpis incident={incident} />
      <section aria-labelledby="by-merchant" className="mt-6">
        <h2 id="by-merchant" className="font-semibold text-lg">
          By merchant
        </h2>
        {organisations.length === 0 ? (
          <p className="text-quiet">No event yet.</p>
        ) : (
          <DataTable
            section
            caption="Impact by merchant"
            columns={[{ ...COLUMNS.what, title: "Merchant" }, COLUMNS.events, COLUMNS.state, COLUMNS.verified, NOTICE]}
          >
            {organisations.map((one) => (
              <tr key={one.org_id ?? ""} data-testid="impact-merchant" className={rowClass}>
                <td className={cn(cell, "truncate")}>
                  {one.org_id === null ? (
                    <span className="text-quiet">no organisation known</span>
                  ) : (
                    <Link
                      href={viewAddress(incident.id, "items", printItemFilter({ org_id: one.org_id }))}
                      replace
                      prefetch={false}
                      className="font-mono text-sm underline-offset-2 hover:underline"
                    >
                      <InertText text={one.org_id} />
                    </Link>
                  )}
                </td>
                <Figures counts={one.counts} />
                <td className={cn(cell, "max-md:col-span-2")}>
                  <CopyButton
                    text={customerNotice(incident, one)}
                    what={`the notice for ${one.org_id ?? "those without an organisation"}`}
                    label="Copy notice"
                  />
                </td>
              </tr>
            ))}
          </DataTable>
        )}
      </section>
      <section aria-labelledby="by-type" className="mt-6">
        <h2 id="by-type" className="font-semibold text-lg">
          By type
        </h2>
        {types.length === 0 ? (
          <p className="text-quiet">No event yet.</p>
        ) : (
          <DataTable
            section
            caption="Impact by type"
            columns={[{ ...COLUMNS.what, title: "Type" }, COLUMNS.events, COLUMNS.state, COLUMNS.verified]}
          >
            {types.map(({ provider_slug, event_type, counts }) => (
              <tr key={`${provider_slug} ${event_type}`} data-testid="impact-type" className={rowClass}>
                <td className={cell}>
                  <span className="flex min-w-0 items-center gap-2.5">
                    <ProviderMark slug={provider_slug} />
                    <span className="min-w-0 truncate">
                      <InertText text={event_type} />
                    </span>
                  </span>
                </td>
                <Figures counts={counts} />
              </tr>
            ))}
          </DataTable>
        )}
      </section>
    </>
  );
}

function Figures({ counts }: { counts: Incident["counts"] }) {
  return (
    <>
      <td className={cn(cell, "text-right tabular-nums")}>{count(counts.total)}</td>
      <td className={cn(cell, "max-md:col-span-2")}>
        <ItemStateBar counts={counts} />
      </td>
      <td className={cn(cell, "text-right text-quiet tabular-nums max-md:hidden")}>
        {percent(shareOf(counts.verified, counts.total))}
      </td>
    </>
  );
}
