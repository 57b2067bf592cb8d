/** preview: what a draft would do, before a user starts it. The rows are applied for real, and rolled back. */

import type { ChangeResult } from "@/lib/contract/events";
import type { Replay, ReplayPreview } from "@/lib/contract/replays";
import { call } from "@/lib/db/client";
import type { ProjectableItem, ProjectableRow } from "@/lib/db/functions/journey";
import { project } from "@/lib/destinations/tables";
import { projectable } from "@/lib/pipeline/projectable";
import { findProvider } from "@/lib/providers";
import type { Change, ProjectableEvent, Provider } from "@/lib/providers/provider";
import { type Scoped, scopeOf } from "@/lib/scope";
import { impactOf, type Told } from "./replay-impact";
import { readReplayProgress, replayNumber } from "./replays";

/**
 * The most deliveries whose rows are computed, and the most bytes of their bodies. The preview of a larger replay is
 * partial, and says so.
 */
const LOOKED_AT = 1_000;
const LOOKED_AT_BYTES = 32 * 1024 * 1024;
const PAGE = 100;
/** The most row changes that are tried: they are applied for real, and rolled back. */
const MOST_CHANGES = 10_000;
const ROWS_SHOWN = 50;
/** Deliveries that run at the same time, for the estimate. */
const AT_A_TIME = 8;

/** Computes the preview of a replay's frozen selection. It is exact for the time of the request. */
export async function previewReplay(replay: Replay, asker: Scoped): Promise<ReplayPreview> {
  const [counts, { holds }, items] = await Promise.all([
    countReplay(replay, asker),
    readReplayProgress(replay.id, asker),
    readItems(replayNumber(replay.id), asker),
  ]);
  const { told, ...written } = await readAll(items);
  return { ...counts, holds, changes: await tryChanges(written), impact: impactOf(told) };
}

export type ReplayCounts = Omit<ReplayPreview, "changes" | "impact" | "holds">;

/** The counts of the preview: how the items split, and how long they take at the chosen rate. */
export async function countReplay(replay: Replay, asker: Scoped): Promise<ReplayCounts> {
  const { average_ms, ...counts } = await call("console", "preview_replay", {
    p_id: replayNumber(replay.id),
    ...scopeOf(asker),
  });
  return { ...counts, estimated_seconds: estimate(replay, counts.to_run, average_ms) };
}

async function readItems(id: number, asker: Scoped): Promise<ProjectableItem[]> {
  const items: ProjectableItem[] = [];
  let bytes = 0;
  for (let after = 0; items.length < LOOKED_AT && bytes < LOOKED_AT_BYTES; ) {
    const page = await call("console", "list_projectable_items", {
      p_replay_id: id,
      p_after: after,
      p_limit: PAGE,
      ...scopeOf(asker),
    });
    items.push(...page);
    after = page.at(-1)?.position ?? 0;
    bytes += page.reduce((sum, { event }) => sum + event.body.length, 0);
    // A page may be short because its bodies are large.
    if (page.length === 0) break;
  }
  return items;
}

function estimate({ options }: Replay, toRun: number, averageMs: number): number {
  const working = (toRun * averageMs) / AT_A_TIME / 1000;
  const rate = options.ratePerSecond ? toRun / options.ratePerSecond : 0;
  const pauses = Math.max(0, Math.ceil(toRun / options.batchSize) - 1) * options.delayBetweenBatches;
  return Math.ceil(Math.max(working, rate) + pauses);
}

interface Written {
  changes: Change[];
  /** How often each reason why an item will fail occurs. */
  problems: Map<string, number>;
  lookedAt: number;
}

/** What the items say and would write. Each body is decoded and parsed once, one after the other. */
async function readAll(items: ProjectableItem[]): Promise<Written & { told: Told[] }> {
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

async function tryChanges({ changes, problems, lookedAt }: Written): Promise<ReplayPreview["changes"]> {
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
