/** What staff and tokens did: read, and taken out as a file. */

import type { AuditFilter } from "@/lib/contract/audit-filter";
import type { ActionChoices, StaffAction, StaffActionPage } from "@/lib/contract/staff";
import { call } from "@/lib/db/client";
import { type Scoped, scopeOf } from "@/lib/scope";
import { type Export, line, streamOf } from "./export-items";

const EXPORT_PAGE = 500;

/** One page of the log, newest first. */
export function listActions(
  filter: AuditFilter,
  page: { limit: number; cursor?: string },
  asker: Scoped,
): Promise<StaffActionPage> {
  return call("console", "list_actions", {
    p_filter: filter as never,
    p_limit: page.limit,
    ...scopeOf(asker),
    ...(page.cursor && { p_cursor: page.cursor }),
  });
}

/** Who ever acted, and what was ever done, on what the asker may see. */
export function listActionChoices(asker: Scoped): Promise<ActionChoices> {
  return call("console", "list_action_choices", scopeOf(asker));
}

const COLUMNS: Readonly<Record<string, (action: StaffAction) => unknown>> = {
  at: ({ at }) => at,
  actor: ({ actor }) => actor,
  actor_id: ({ actor_id }) => actor_id,
  action: ({ action }) => action,
  subject: ({ subject }) => subject,
  details: ({ details }) => JSON.stringify(details),
  request_id: ({ request_id }) => request_id,
};

/** All that matches, newest first: CSV (RFC 4180, inert cells) or a JSON array of actions as the API lists them. */
export function exportActions(filter: AuditFilter, format: "csv" | "json", asker: Scoped): Export {
  const isCsv = format === "csv";
  return {
    stream: streamOf(isCsv ? csv(filter, asker) : json(filter, asker)),
    contentType: isCsv ? "text/csv; charset=utf-8" : "application/json",
  };
}

async function* csv(filter: AuditFilter, asker: Scoped): AsyncGenerator<string> {
  yield line(Object.keys(COLUMNS));
  const columns = Object.values(COLUMNS);
  for await (const actions of pages(filter, asker)) {
    yield actions.map((action) => line(columns.map((column) => column(action)))).join("");
  }
}

async function* json(filter: AuditFilter, asker: Scoped): AsyncGenerator<string> {
  let before = "[\n";
  for await (const actions of pages(filter, asker)) {
    yield before + actions.map((action) => JSON.stringify(action)).join(",\n");
    before = ",\n";
  }
  yield before === ",\n" ? "\n]\n" : "[]\n";
}

async function* pages(filter: AuditFilter, asker: Scoped): AsyncGenerator<StaffAction[]> {
  for (let cursor: string | undefined; ; ) {
    const { actions, next_cursor } = await listActions(filter, { limit: EXPORT_PAGE, cursor }, asker);
    if (actions.length > 0) yield actions;
    if (next_cursor === null) return;
    cursor = next_cursor;
  }
}

/** Who took the log out is in it, too. */
export async function recordExport(
  filter: AuditFilter,
  { name, id }: { name: string; id: string },
  requestId: string,
): Promise<void> {
  await call("console", "record_staff_action", {
    p_action: "audit.export",
    p_subject: "audit",
    p_details: { filter } as never,
    p_actor: name,
    p_actor_id: id,
    p_request_id: requestId,
  });
}
