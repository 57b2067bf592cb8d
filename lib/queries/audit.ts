/** What staff and tokens did: read, and taken out as a file. */

import type { AuditFilter } from "@/lib/contract/audit-filter";
import type { ActionChoices, StaffAction, StaffActionPage } from "@/lib/contract/staff";
import { call } from "@/lib/db/client";
import { logError } from "@/lib/log";
import { type Scoped, scopeOf } from "@/lib/scope";
import { type Export, line, type OnEnd, type Part, streamOf, type Taken } from "./export-items";

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

/** Who takes something out, and which request it is. */
export interface Taker {
  actor: { name: string; id: string };
  requestId: string;
}

/** What is taken out: `audit.export` of `audit`, `replay.export` of `wr_12`, with what was asked for. */
export interface Takeout {
  action: "audit.export" | "replay.export";
  subject: string;
  details: Record<string, unknown>;
}

/**
 * Writes down that somebody takes a file out, before its first byte: what breaks off later is there, too. Answers what has
 * to be called when it ends, which writes down how much it was. Throws `DatabaseUnavailable`: then nothing may be sent.
 */
export async function recordExport({ action, subject, details }: Takeout, taker: Taker): Promise<OnEnd> {
  await record(action, subject, details, taker);
  return async (taken: Taken) => {
    try {
      await record(`${action}ed`, subject, { ...details, ...taken }, taker);
    } catch (error) {
      logError("audit_lost", error, { request_id: taker.requestId, action, subject, ...taken });
    }
  };
}

/** Writes down who downloads the bytes of an event, before they get them: once a minute for each event and person. */
export async function recordDownload(eventId: string, bytes: number, { actor, requestId }: Taker): Promise<void> {
  await call("console", "record_download", {
    p_subject: eventId,
    p_details: { bytes },
    p_actor: actor.name,
    p_actor_id: actor.id,
    p_request_id: requestId,
  });
}

function record(action: string, subject: string, details: Record<string, unknown>, { actor, requestId }: Taker) {
  return call("console", "record_staff_action", {
    p_action: action,
    p_subject: subject,
    p_details: details,
    p_actor: actor.name,
    p_actor_id: actor.id,
    p_request_id: requestId,
  });
}
