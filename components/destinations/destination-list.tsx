"use client";

import { FilterX, Send } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useEffect } from "react";
import { closeDialog, openDialog, useOpenDialog } from "@/lib/client/dialog-store";
import { useLiveQuery } from "@/lib/client/live-query";
import { destinationListQuery } from "@/lib/client/queries/destinations";
import { type DestinationFilter, printDestinationFilter } from "@/lib/contract/destination-filter";
import { destinationsAddress } from "../links";
import { Notice } from "../notice";
import { PermissionGuard } from "../permissions/permission-guard";
import { DataTable } from "../table/data-table";
import { Button } from "../ui/button";
import { DestinationFilterBar } from "./destination-filter-bar";
import { DESTINATION_COLUMNS, DestinationRow } from "./destination-row";
import { matching } from "./matching";
import { type DestinationPermissions, forbiddenToManage } from "./permissions";

const DestinationSheet = dynamic(() => import("./destination-sheet").then((module) => module.DestinationSheet), {
  ssr: false,
});

const EVERY_MS = 4_000;

/** Every destination, those that need attention first, kept current while the page is open. */
export function DestinationList({ filter, rights }: { filter: DestinationFilter; rights: DestinationPermissions }) {
  const { data, refetch } = useLiveQuery(destinationListQuery(), {
    topics: ["destinations"],
    atMostEvery: 2_000,
    interval: () => EVERY_MS,
  });
  const adding = useOpenDialog("new_destination");
  const add = () => openDialog("new_destination");
  // Leaving the page closes the form.
  useEffect(() => () => closeDialog("new_destination"), []);
  const shown = matching(data, filter);
  const forbidden = forbiddenToManage(rights);
  return (
    <>
      {data.length > 0 && <DestinationFilterBar filter={filter} forbidden={forbidden} onAdd={add} />}
      {data.length === 0 ? (
        <FirstDestination forbidden={forbidden} onAdd={add} />
      ) : shown.length === 0 ? (
        <EmptyList filter={filter} />
      ) : (
        <DataTable
          caption="Destinations, those that need attention first"
          columns={Object.values(DESTINATION_COLUMNS)}
          className="max-md:border-t"
        >
          {shown.map((destination) => (
            <DestinationRow key={destination.id} destination={destination} />
          ))}
        </DataTable>
      )}
      {adding && <DestinationSheet onClose={() => closeDialog("new_destination")} onSaved={() => void refetch()} />}
    </>
  );
}

function FirstDestination({ forbidden, onAdd }: { forbidden: string | null; onAdd: () => void }) {
  return (
    <Notice
      icon={Send}
      title="No destinations yet"
      actions={
        <PermissionGuard forbidden={forbidden}>
          <Button variant="primary" data-testid="destination-add" onClick={onAdd}>
            Add a destination
          </Button>
        </PermissionGuard>
      }
    >
      A destination is a URL that receives events: signed, retried, and held while you pause it. Events that arrive
      before you add one are kept, and you can replay them to it later.
    </Notice>
  );
}

function EmptyList({ filter }: { filter: DestinationFilter }) {
  return (
    <Notice
      icon={FilterX}
      title="No destination matches this filter"
      actions={
        printDestinationFilter(filter) !== "" && (
          <Button asChild>
            <Link href={destinationsAddress({})}>Clear the filter</Link>
          </Button>
        )
      }
    >
      Destinations in this state appear here automatically.
    </Notice>
  );
}
