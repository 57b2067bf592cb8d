/**
 * Whether rows differ from the provider's objects: the change that an object's webhook would make is applied and rolled back,
 * by the same code as a replay's preview.
 */
import type { ChangeResult } from "@/lib/contract/events";
import { call } from "@/lib/db/client";
import type { RowDifference } from "@/lib/db/functions/reconciliation";
import { project } from "@/lib/destinations/tables";
import { parseBody } from "@/lib/pipeline/parse";
import type { Entry } from "@/lib/providers/api";
import { type Change, header, type Json, type Provider, type Source } from "@/lib/providers/provider";
import { rowOf } from "./webhook";

/** The most row changes that are tried at a time. */
const MOST_CHANGES = 10_000;

export interface KnownEntry {
  n: number;
  entry: Entry;
  /** Our event of it. */
  eventId: number;
  eventKey: string;
}

/** By the number of its entry: the columns in which a row differs. Entries without a difference are left out. */
export async function differencesOf(
  provider: Provider,
  known: readonly KnownEntry[],
  source?: Source,
): Promise<Map<number, RowDifference[]>> {
  const changes: Change[] = [];
  const owners: number[] = [];
  for (const one of known) {
    const wanted = changesOf(provider, one, source);
    if (changes.length + wanted.length > MOST_CHANGES) break;
    changes.push(...wanted);
    owners.push(...wanted.map(() => one.n));
  }
  const results = changes.length > 0 ? await call("pipeline", "preview_changes", { p_changes: changes }) : [];
  const found = new Map<number, RowDifference[]>();
  let at = 0;
  for (const result of results) {
    // What is derived from a change comes right after it, and belongs to the same entry.
    if (isOf(changes[at], result)) at += 1;
    const n = owners[at - 1];
    const columns = differingColumns(result);
    if (n !== undefined && columns.length > 0) found.set(n, [...(found.get(n) ?? []), ...columns]);
  }
  return found;
}

function isOf(change: Change | undefined, { table, key }: ChangeResult): boolean {
  if (change?.table !== table) return false;
  return Object.entries(key).every(([column, value]) => change.key[column] === value);
}

function changesOf(provider: Provider, { entry, eventId, eventKey }: KnownEntry, source?: Source): Change[] {
  const { webhook, eventType } = entry;
  if (!webhook || !provider.projections?.[eventType]) return [];
  const row = rowOf(provider, { ...entry, ...webhook }, "reconciliation", source);
  const projection = project(provider, {
    id: eventId,
    provider: provider.slug,
    // As our event: some rows are named after the event that wrote them.
    eventKey,
    eventType,
    organisationId: row.organisation_id ?? undefined,
    companyId: row.company_id ?? undefined,
    settings: source?.settings,
    shop: header(webhook, "x-shopify-shop-domain"),
    // Of two events with one time the one that was received later counts: what the provider has now.
    receivedAt: new Date().toISOString(),
    occurredAt: row.occurred_at ?? undefined,
    payload: parseBody(webhook.body).value,
  });
  return projection.ok ? projection.changes : [];
}

function differingColumns({ table, key, effect, before, after }: ChangeResult): RowDifference[] {
  if (effect !== "created" && effect !== "updated") return [];
  return Object.entries(after).flatMap(([column, provider]) => {
    const ours = (before?.[column] ?? null) as Json;
    if (JSON.stringify(ours) === JSON.stringify(provider)) return [];
    return [{ table, key, column, ours, provider: provider as Json }];
  });
}
