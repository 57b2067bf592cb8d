/** Reads what the evidence of an incident lists, page by page. Every text is without contacts of people. */
import { parseId } from "@/lib/contract/ids";
import type { ReplayItem } from "@/lib/contract/replays";
import { call } from "@/lib/db/client";
import type { EvidenceHead, EvidenceItem, EvidenceLine } from "@/lib/db/functions/evidence";
import { listReplayItems } from "@/lib/queries/replays";
import { Refusal } from "@/lib/refusals";
import { type Scoped, scopeOf } from "@/lib/scope";
import { maskContactsIn } from "./redact";

/** Rows held in memory at a time. */
const PAGE = 500;

export type EvidenceReplay = Awaited<ReturnType<typeof listReplays>>[number];

export type Head = EvidenceHead & { number: number };

/** The incident as a whole. Throws a `Refusal` when the caller may see no such incident. */
export async function readHead(id: string, asker: Scoped): Promise<Head> {
  const number = parseId("incident", id);
  const head =
    number === undefined ? null : await call("console", "read_evidence", { p_id: number, ...scopeOf(asker) });
  if (number === undefined || !head) throw new Refusal("no_such_incident");
  return { ...maskContactsIn(head), number };
}

export function eachItem(incident: number, asker: Scoped): AsyncGenerator<EvidenceItem[]> {
  const page = (p_after: number) =>
    call("console", "list_evidence_items", { p_id: incident, p_after, p_limit: PAGE, ...scopeOf(asker) });
  return pages(page, ({ position }) => position);
}

export type LineList = "log" | "requests" | "rejections";

export function eachLine(list: LineList, incident: number, asker: Scoped): AsyncGenerator<EvidenceLine[]> {
  const page = (p_after: number) =>
    call("console", `list_evidence_${list}`, { p_id: incident, p_after, p_limit: PAGE, ...scopeOf(asker) });
  return pages(page, ({ id }) => id);
}

export function eachReplay(incident: number, asker: Scoped): AsyncGenerator<EvidenceReplay[]> {
  return pages(
    (after) => listReplays(incident, after, asker),
    ({ number }) => number,
  );
}

export function eachReplayItem(replayId: string, asker: Scoped): AsyncGenerator<ReplayItem[]> {
  const page = (after: number) => listReplayItems(replayId, { after, limit: PAGE }, asker);
  return pages(page, ({ position }) => position);
}

function listReplays(incident: number, p_after: number, asker: Scoped) {
  return call("console", "list_evidence_replays", { p_id: incident, p_after, p_limit: PAGE, ...scopeOf(asker) });
}

async function* pages<Row>(
  page: (after: number) => Promise<Row[]>,
  keyOf: (row: Row) => number,
): AsyncGenerator<Row[]> {
  for (let after = 0; ; ) {
    const rows = await page(after);
    const last = rows.at(-1);
    if (last === undefined) return;
    yield maskContactsIn(rows);
    if (rows.length < PAGE) return;
    after = keyOf(last);
  }
}
