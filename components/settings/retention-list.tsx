"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLiveQuery } from "@/lib/client/live-query";
import { retentionQuery } from "@/lib/client/queries/settings";
import { loadToast } from "@/lib/client/toaster";
import type { Retention, RetentionClass } from "@/lib/contract/api/retention";
import { RETENTION_CLASS } from "@/lib/contract/retention-words";
import { count, plural } from "../format";
import { InertText } from "../inert-text";
import { type Columns, cellClass, DataTable, rowClass } from "../table/data-table";
import { RelativeTime } from "../time";
import { cn } from "../ui/cn";
import { RetentionDialog } from "./retention-dialog";
import { RetentionRow } from "./retention-row";

const REFRESH_MS = 30_000;

const COLUMNS: Columns = [
  { title: "What" },
  { title: "Kept", className: "md:w-40" },
  { title: "Stored", className: "md:w-32" },
  { title: "Next to go", className: "md:w-60 md:max-lg:w-40" },
  { title: "Actions", className: "md:w-24" },
];

const DELETED: Columns = [
  { title: "When", className: "md:w-36" },
  { title: "What" },
  { title: "Export", className: "md:w-96" },
];

/** How long what is kept, how much that is, what goes next, and what went. */
export function RetentionList({ ownOrganisations }: { ownOrganisations: readonly string[] | null }) {
  const client = useQueryClient();
  const [open, setOpen] = useState<RetentionClass | null>(null);
  const { data } = useLiveQuery(retentionQuery(), { topics: ["audit"], interval: () => REFRESH_MS });
  const changing = data.classes.find((one) => one.class === open);
  return (
    <>
      <p className="max-w-3xl pb-3 text-pretty text-quiet">
        Everything is kept for ever until you say otherwise. What is still needed is never deleted: events that are not
        delivered or failed, and those of open incidents, replays and findings.{" "}
        {data.exports
          ? "What is deleted is exported first."
          : "It is deleted without a copy: set RETENTION_EXPORT_DIR to export it first."}
      </p>
      {data.problem && (
        <p role="alert" className="pb-3 text-amber">
          Nothing is deleted now. <InertText text={data.problem} />
        </p>
      )}
      <DataTable caption="Retention" columns={COLUMNS}>
        {data.classes.map((one) => (
          <RetentionRow
            key={one.class}
            kept={one}
            mayChange={ownOrganisations === null || one.class === "bodies"}
            onChange={() => setOpen(one.class)}
          />
        ))}
      </DataTable>
      {data.partitions && (
        <p className="pt-3 text-quiet text-sm">
          Received bytes are in {plural(data.partitions.count, "partition")}; {count(data.partitions.ahead)} of them are
          ready for events to come.
        </p>
      )}
      {data.forgotten && data.forgotten.length > 0 && <Deleted forgotten={data.forgotten} />}
      {changing && (
        <RetentionDialog
          kept={changing}
          ownOrganisations={ownOrganisations}
          onClose={() => setOpen(null)}
          onChanged={async (answer) => {
            setOpen(null);
            client.setQueryData(retentionQuery().queryKey, answer);
            (await loadToast()).success("The retention is changed.");
          }}
        />
      )}
    </>
  );
}

function Deleted({ forgotten }: { forgotten: NonNullable<Retention["forgotten"]> }) {
  return (
    <section aria-labelledby="deleted" className="pt-8">
      <h2 id="deleted" className="pb-1 font-semibold">
        Deleted recently
      </h2>
      <DataTable caption="Deleted recently" columns={DELETED}>
        {forgotten.map(({ at, class: one, rows, days, file }, n) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a batch has no id, and batches of one time differ by their place alone.
          <tr key={`${at} ${n}`} className={rowClass}>
            <td className={cn(cellClass, "whitespace-nowrap text-quiet max-md:col-start-2 max-md:row-start-1")}>
              <RelativeTime at={at} />
            </td>
            <td className={cn(cellClass, "max-md:col-start-1 max-md:row-start-1")}>
              {RETENTION_CLASS[one].label}: {plural(rows, "row")}, older than {plural(days, "day")}
            </td>
            <td className={cn(cellClass, "text-quiet [overflow-wrap:anywhere] max-md:col-span-2 max-md:text-sm")}>
              {file ? <InertText text={file} /> : "Not exported"}
            </td>
          </tr>
        ))}
      </DataTable>
    </section>
  );
}
