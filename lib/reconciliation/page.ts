/** One page of a window: read, compared with what is here, recorded with its findings and the next cursor. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { call } from "@/lib/db/client";
import type {
  ClaimedWindow,
  EntryKey,
  MatchedEntry,
  RecordedEntry,
  RecordedPage,
} from "@/lib/db/functions/reconciliation";
import { storableKey } from "@/lib/pipeline/event-row";
import { storable } from "@/lib/pipeline/storable";
import { ApiFailure, type ApiSession, type Entry, type Page } from "@/lib/providers/api";
import type { Json, Source } from "@/lib/providers/provider";
import { differencesOf, type KnownEntry } from "./drift";
import type { Place } from "./session";
import { rowOf } from "./webhook";

export interface Reading {
  work: ClaimedWindow;
  place: Place;
  session: ApiSession;
  source?: Source;
  leaseSeconds: number;
}

export type PageRead =
  | { result: "next"; cursor: Json }
  | { result: "last" | "lost" }
  /** The provider has more than it lists. */
  | { result: "too_large" };

/** Reads the page at the cursor. Throws `ApiFailure` when it cannot be read; nothing is recorded then. */
export async function readPage(reading: Reading, cursor: Json): Promise<PageRead> {
  const { work, place, session, leaseSeconds } = reading;
  const { api, label } = place.provider;
  const isFirst = work.from_ts === work.run.from_ts;
  const page = await api.list(
    session,
    {
      // Records become readable late, at the edge of what an earlier run has read.
      from: new Date(Date.parse(work.from_ts) - (isFirst ? api.lookbackSeconds * 1000 : 0)),
      to: new Date(work.to_ts),
      counted: { from: new Date(work.from_ts), to: new Date(work.to_ts) },
      ...(work.run.types && { types: work.run.types }),
    },
    cursor,
  );
  // Webhooks are answered by this thread, too: they wait for a part of the work on a page, not for all of it.
  await nextTurn();
  if (page.isTooLarge) return { result: "too_large" };
  if (page.next !== null && JSON.stringify(page.next) === JSON.stringify(cursor)) {
    throw new ApiFailure("malformed", `${label} answers with the same page again and again.`);
  }
  const entries = await comparedEntries(reading, page);
  const last = place.notes.at(-1);
  if (last && last.problem === null) last.entries ??= page.entries.length;
  const isRecorded = await call("pipeline", "record_page", {
    p_window: work.id,
    p_fence: work.fence,
    p_lease_seconds: leaseSeconds,
    p_page: {
      next: page.next,
      is_last: page.next === null,
      entries,
      counts: (page.counts ?? []).map(({ eventType, provider }) => ({ event_type: eventType, provider })),
      requests: place.notes.splice(0),
    },
  });
  if (!isRecorded) return { result: "lost" };
  return page.next === null ? { result: "last" } : { result: "next", cursor: page.next };
}

/** The entries as they are recorded. Only keys go to the database for those that are here. */
async function comparedEntries(reading: Reading, { entries }: Page): Promise<RecordedPage["entries"]> {
  const { work, place, source } = reading;
  if (entries.length === 0) return [];
  const bare = entries.map((entry, n) => bareEntry(entry, n, place));
  const matches = await call("pipeline", "match_entries", {
    p_window: work.id,
    p_entries: bare.map(keyOf),
  });
  const matched = new Map(matches.map((one) => [one.n, one]));
  const differences = await differencesOf(place.provider, comparable(place, entries, matched), source);
  return bare.map((one) => {
    const entry = entries[one.n] as Entry;
    const difference = differences.get(one.n);
    const known = matched.get(one.n);
    const isHere = Boolean(known?.event_id);
    if (isHere && !known?.is_waiting && known?.kind === null && !difference) return { ...keyOf(one), is_right: true };
    // Of a log of events, ours repairs the row.
    const bytes = isHere && (!difference || !hasObjects(place)) ? {} : withBytes(place, entry, source);
    return { ...one, is_right: false, ...bytes, ...(difference && { difference }) };
  });
}

function keyOf({ n, event_key, logical_key, event_type, occurred_at }: EntryKey): EntryKey {
  return { n, event_key, logical_key, event_type, occurred_at };
}

function bareEntry(entry: Entry, n: number, { provider }: Place): Omit<RecordedEntry, "is_right"> {
  const { eventKey, logicalKey, occurredAt } = entry;
  const paired = provider.api.pairs === "event_key" ? eventKey : logicalKey;
  if (!paired || Number.isNaN(Date.parse(occurredAt))) {
    throw new ApiFailure("malformed", `${provider.label} lists something without an id or a time.`);
  }
  return {
    n,
    event_key: eventKey ? storableKey(eventKey) : null,
    logical_key: logicalKey ? storableKey(logicalKey) : null,
    event_type: storable(entry.eventType, 255) ?? "unknown",
    object_id: storable(entry.objectId, 255),
    organisation_id: null,
    occurred_at: new Date(occurredAt).toISOString(),
    origin: entry.origin,
    ...(entry.unrecoverable !== undefined && { unrecoverable: entry.unrecoverable }),
  };
}

/** What can be compared with rows: objects, an event of which wrote them, and events whose rows are known to be lost. */
function comparable(place: Place, entries: Entry[], matched: Map<number, MatchedEntry>): KnownEntry[] {
  return entries.flatMap((entry, n) => {
    const known = matched.get(n);
    if (!known?.event_id || !known.own_key || !known.wrote_rows) return [];
    if (known.kind !== "drifted" && (known.kind !== null || !hasObjects(place))) return [];
    return [{ n, entry, eventId: known.event_id, eventKey: known.own_key }];
  });
}

function hasObjects({ provider }: Place): boolean {
  return provider.api.coverage.kind === "objects";
}

function withBytes({ provider }: Place, entry: Entry, source?: Source): Partial<RecordedEntry> {
  const { webhook } = entry;
  if (!webhook) return {};
  return {
    organisation_id: rowOf(provider, { ...entry, ...webhook }, "reconciliation", source).organisation_id,
    body: webhook.body.toString("base64"),
    headers: webhook.headers,
  };
}
