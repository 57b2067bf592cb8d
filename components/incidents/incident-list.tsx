"use client";

import { Siren } from "lucide-react";
import Link from "next/link";
import { useLiveQuery } from "@/lib/client/live-query";
import { incidentListQuery } from "@/lib/client/queries/incidents";
import { type IncidentFilter, printIncidentFilter } from "@/lib/contract/incident-filter";
import { isClosed } from "@/lib/contract/incident-words";
import { incidentsAddress } from "../links";
import { Notice } from "../notice";
import { DataTable } from "../table/data-table";
import { Pager } from "../table/pager";
import { Button } from "../ui/button";
import { INCIDENT_COLUMNS, IncidentRow } from "./incident-row";

const OPEN_MS = 3_000;
const RESTING_MS = 15_000;

/** Incidents, newest first, kept current while the page is open. */
export function IncidentList({ filter, cursor }: { filter: IncidentFilter; cursor?: number }) {
  const { data } = useLiveQuery(incidentListQuery({ ...filter, cursor }), {
    topics: ["incidents"],
    interval: ({ incidents }) => (incidents.some(({ state }) => !isClosed(state)) ? OPEN_MS : RESTING_MS),
  });
  if (data.incidents.length === 0 && !cursor) return <Nothing filtered={printIncidentFilter(filter) !== ""} />;
  return (
    <>
      <DataTable caption="Incidents, newest first" columns={Object.values(INCIDENT_COLUMNS)}>
        {data.incidents.map((incident) => (
          <IncidentRow key={incident.id} incident={incident} />
        ))}
      </DataTable>
      <Pager
        what="incidents"
        newest={cursor === undefined ? null : incidentsAddress(filter)}
        older={data.next_cursor === null ? null : incidentsAddress({ ...filter, cursor: data.next_cursor })}
      />
    </>
  );
}

function Nothing({ filtered }: { filtered: boolean }) {
  return (
    <Notice
      icon={Siren}
      title={filtered ? "No incident matches this filter" : "No incident yet"}
      actions={
        filtered ? (
          <Button asChild>
            <Link href="/incidents">Clear the filter</Link>
          </Button>
        ) : (
          <>
            <Button asChild>
              <Link href="/events?status=failed,dead">Show failed events</Link>
            </Button>
            <Button asChild>
              <Link href="/reconciliation">Show what never arrived</Link>
            </Button>
          </>
        )
      }
    >
      {filtered
        ? "Matching incidents appear here automatically."
        : "An incident ties an outage together: what it affected, its recovery, and the proof that nothing is missing. Open one from a filter of the history, a group of dead letters, a destination or a run of reconciliation."}
    </Notice>
  );
}
