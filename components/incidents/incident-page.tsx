"use client";

import { useState } from "react";
import { useLiveQuery } from "@/lib/client/live-query";
import { incidentQuery } from "@/lib/client/queries/incidents";
import type { IncidentItemFilter } from "@/lib/contract/incident-filter";
import { InertText } from "../inert-text";
import { SeverityMark } from "../status/severity-mark";
import { Impact } from "./impact";
import { IncidentFacts } from "./incident-facts";
import { IncidentMenu } from "./incident-menu";
import { IncidentStateBadge } from "./incident-status";
import { type IncidentWindow, IncidentWindows } from "./incident-windows";
import { ItemFilterBar } from "./item-filter-bar";
import { ItemList } from "./item-list";
import { ItemStateBar } from "./item-state-bar";
import { ItemTiles } from "./item-tiles";
import { NextStep } from "./next-step";
import { RequestList } from "./request-list";
import type { IncidentRights } from "./rights";
import { StepList } from "./step-list";
import { Timeline } from "./timeline";
import { type IncidentView, ViewTabs } from "./view-tabs";
import { isMoving, verdictOf } from "./words";

const MOVING_MS = 1_000;
const RESTING_MS = 10_000;

/** One incident: its state in a sentence, the next step, and its recovery, events, impact and timeline. Live until it closes. */
export function IncidentPage({
  id,
  view,
  filter,
  rights,
}: {
  id: string;
  view: IncidentView;
  filter: IncidentItemFilter;
  rights: IncidentRights;
}) {
  const [open, setOpen] = useState<IncidentWindow | null>(null);
  const {
    data: incident,
    refetch,
    error,
  } = useLiveQuery(incidentQuery(id), {
    topics: ["incidents"],
    interval: (one) => (isMoving(one) ? MOVING_MS : RESTING_MS),
  });
  const changed = () => void refetch();
  return (
    <>
      <header>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <SeverityMark severity={incident.severity} large />
          <IncidentStateBadge state={incident.state} large />
          <div className="ml-auto flex gap-2">
            <IncidentMenu incident={incident} rights={rights} onOpen={setOpen} />
          </div>
        </div>
        <h1 className="mt-3 text-balance font-semibold text-xl tracking-tight [overflow-wrap:anywhere] max-md:text-lg">
          <InertText text={incident.title} />
        </h1>
        <p className="mt-0.5 text-pretty text-lg tabular-nums" aria-live="polite" data-testid="incident-verdict">
          {verdictOf(incident)}
        </p>
      </header>
      <section aria-label="Progress" className="mt-3">
        <ItemStateBar counts={incident.counts} thick />
        {error && (
          <p role="status" className="mt-1.5 text-amber">
            Reconnecting. The recovery continues without this page.
          </p>
        )}
        <ItemTiles incident={incident} filter={view === "items" ? filter : null} />
      </section>
      <NextStep incident={incident} rights={rights} onOpen={setOpen} onChanged={changed} />
      <RequestList incident={incident} rights={rights} onChanged={changed} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-x-10 gap-y-8 xl:grid-cols-[minmax(0,1fr)_17rem]">
        <div className="min-w-0">
          <ViewTabs incident={incident} view={view} />
          {view === "recovery" && (
            <div className="pt-3">
              <StepList incident={incident} />
            </div>
          )}
          {view === "items" && (
            <>
              <ItemFilterBar incident={incident} filter={filter} />
              <ItemList incident={incident} filter={filter} />
            </>
          )}
          {view === "impact" && <Impact incident={incident} />}
          {view === "timeline" && <Timeline incident={incident} rights={rights} onChanged={changed} />}
        </div>
        <div className="xl:pt-8">
          <IncidentFacts incident={incident} rights={rights} onChanged={changed} />
        </div>
      </div>
      <IncidentWindows
        open={open}
        incident={incident}
        rights={rights}
        onClose={() => setOpen(null)}
        onChanged={changed}
      />
    </>
  );
}
