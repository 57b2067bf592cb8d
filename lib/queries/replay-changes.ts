/** What a replay's items say and would write. The rows are applied for real, and rolled back. */
import type { ChangeResult } from "@/lib/contract/events";
import type { ReplayPreview } from "@/lib/contract/replays";
import { call } from "@/lib/db/client";
import type { ProjectableItem, ProjectableRow } from "@/lib/db/functions/journey";
import { project } from "@/lib/destinations/tables";
import { projectable } from "@/lib/pipeline/projectable";
import { findProvider } from "@/lib/providers";
import type { Change, ProjectableEvent, Provider } from "@/lib/providers/provider";
import type { Told } from "./replay-impact";

/** The most row changes that are tried: they are applied for real, and rolled back. */
const MOST_CHANGES = 10_000;

const ROWS_SHOWN = 50;

interface Written {
  changes: Change[];
  /** How often each reason why an item will fail occurs. */
  problems: Map<string, number>;
  lookedAt: number;
}

/** What the items say and would write. Each body is decoded and parsed once, one after the other. */
export async function readAll(items: ProjectableItem[]): Promise<Written & { told: Told[] }> {
  const changes: Change[] = [];
  const problems = new Map<string, number>();
  const told: Told[] = [];
  let lookedAt = 0;
  let isFull = false;
  for (const { kind, event } of items) {
    const provider = findProvider(event.provider);
    const readable = await projectable(event);
    told.push(toldBy(event, readable, provider));
    if (isFull) continue;
    const projection = kind === "tables" && provider ? project(provider, readable) : undefined;
    isFull = projection?.ok === true && changes.length + projection.changes.length > MOST_CHANGES;
    if (isFull) continue;
    lookedAt += 1;
    if (projection?.ok) changes.push(...projection.changes);
    else if (projection) problems.set(projection.message, (problems.get(projection.message) ?? 0) + 1);
  }
  return { changes, problems, told, lookedAt };
}

/** What the changes would do. */
export async function tryChanges({ changes, problems, lookedAt }: Written): Promise<ReplayPreview["changes"]> {
  const results = changes.length > 0 ? await call("console", "preview_changes", { p_changes: changes }) : [];
  const count = (effect: ChangeResult["effect"]) => results.filter((result) => result.effect === effect).length;
  return {
    created: count("created"),
    updated: count("updated"),
    unchanged: count("unchanged"),
    superseded: count("superseded"),
    rows: results.filter((r) => r.effect === "created" || r.effect === "updated").slice(0, ROWS_SHOWN),
    looked_at: lookedAt,
    problems: [...problems].map(([message, times]) => ({ message, count: times })),
    will_fail: [...problems.values()].reduce((sum, times) => sum + times, 0),
  };
}

/** Facts are made from the bytes, as when an event is accepted, so that older events have them too. */
function toldBy(event: ProjectableRow, { payload, settings }: ProjectableEvent, provider: Provider | undefined): Told {
  return {
    eventId: event.id,
    provider: event.provider,
    organisationId: event.organisation_id,
    livemode: event.livemode,
    at: event.occurred_at ?? event.received_at,
    summary: provider?.summary?.({ eventType: event.event_type, payload, settings }) ?? {},
  };
}
