/** Actions of staff and tokens: listed, and exported as a file. */

import type { AuditFilter } from "@/lib/contract/audit-filter";
import type { ActionChoices, StaffAction, StaffActionPage } from "@/lib/contract/staff";
import { call } from "@/lib/db/client";
import { type Scoped, scopeOf } from "@/lib/scope";
import { type Export, line, type OnEnd, type Part, streamOf } from "./export-items";

const EXPORT_PAGE = 500;

/** One page of the log, newest first. */
export function listActions(
  filter: AuditFilter,
  page: { limit: number; cursor?: string },
  asker: Scoped,
): Promise<StaffActionPage> {
  return call("console", "list_actions", {
    p_filter: filter,
    p_limit: page.limit,
    ...scopeOf(asker),
    ...(page.cursor && { p_cursor: page.cursor }),
  });
}

/** Every actor and action in the log, as far as the caller may see them. */
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

/** All matching actions, newest first: CSV (RFC 4180, no formulas) or a JSON array of actions as the API lists them. */
export function exportActions(filter: AuditFilter, format: "csv" | "json", asker: Scoped, onEnd: OnEnd): Export {
  const isCsv = format === "csv";
  return {
    stream: streamOf(isCsv ? csv(filter, asker) : json(filter, asker), onEnd),
    contentType: isCsv ? "text/csv; charset=utf-8" : "application/json",
  };
}

async function* csv(filter: AuditFilter, asker: Scoped): AsyncGenerator<Part> {
  yield { text: line(Object.keys(COLUMNS)), rows: 0 };
  const columns = Object.values(COLUMNS);
  for await (const actions of pages(filter, asker)) {
    yield {
      text: actions.map((action) => line(columns.map((column) => column(action)))).join(""),
      rows: actions.length,
    };
  }
}

async function* json(filter: AuditFilter, asker: Scoped): AsyncGenerator<Part> {
  let before = "[\n";
  for await (const actions of pages(filter, asker)) {
    yield { text: before + actions.map((action) => JSON.stringify(action)).join(",\n"), rows: actions.length };
    before = ",\n";
  }
  yield { text: before === ",\n" ? "\n]\n" : "[]\n", rows: 0 };
}

async function* pages(filter: AuditFilter, asker: Scoped): AsyncGenerator<StaffAction[]> {
  for (let cursor: string | undefined; ; ) {
    const { actions, next_cursor } = await listActions(filter, { limit: EXPORT_PAGE, cursor }, asker);
    if (actions.length > 0) yield actions;
    if (next_cursor === null) return;
    cursor = next_cursor;
  }
}
