"use client";

import { ScrollText } from "lucide-react";
import Link from "next/link";
import { useLiveQuery } from "@/lib/client/live-query";
import { auditQuery } from "@/lib/client/queries/settings";
import { type AuditFilter, printAuditFilter } from "@/lib/contract/audit-filter";
import { auditAddress } from "../links";
import { Notice } from "../notice";
import { DataTable } from "../table/data-table";
import { Pager } from "../table/pager";
import { Button } from "../ui/button";
import { AUDIT_COLUMNS, AuditRow } from "./audit-row";

const REFRESH_MS = 10_000;

/** What people and tokens did, newest first. Older pages do not move. */
export function AuditList({ filter, cursor }: { filter: AuditFilter; cursor?: string }) {
  const { data } = useLiveQuery(auditQuery({ ...filter, cursor }), {
    topics: ["audit"],
    interval: () => REFRESH_MS,
    paused: cursor !== undefined,
  });
  if (data.actions.length === 0 && !cursor) return <Nothing filtered={printAuditFilter(filter) !== ""} />;
  return (
    <>
      <DataTable caption="Audit log, newest first" columns={AUDIT_COLUMNS}>
        {data.actions.map((action) => (
          <AuditRow key={action.id} action={action} />
        ))}
      </DataTable>
      <Pager
        what="entries"
        newest={cursor === undefined ? null : auditAddress(filter)}
        older={data.next_cursor === null ? null : auditAddress({ ...filter, cursor: data.next_cursor })}
      />
    </>
  );
}

function Nothing({ filtered }: { filtered: boolean }) {
  return (
    <Notice
      icon={ScrollText}
      title={filtered ? "No entry matches this filter" : "No entries yet"}
      actions={
        filtered && (
          <Button asChild>
            <Link href="/settings/audit">Show the whole log</Link>
          </Button>
        )
      }
    >
      {filtered
        ? "Matching entries appear here automatically."
        : "Replays and changes of people, tokens and destinations are recorded here, with who made them and why. Entries cannot be changed or deleted."}
    </Notice>
  );
}
