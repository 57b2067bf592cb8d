/** preview: what a draft would do, before a user starts it. The rows are applied for real, and rolled back. */

import type { Replay, ReplayPreview } from "@/lib/contract/replays";
import { call } from "@/lib/db/client";
import type { ProjectableItem } from "@/lib/db/functions/journey";
import { type Scoped, scopeOf } from "@/lib/scope";
import { readAll, tryChanges } from "./replay-changes";
import { impactOf } from "./replay-impact";
import { readReplayProgress, replayNumber } from "./replays";

/**
 * The most deliveries whose rows are computed, and the most bytes of their bodies. The preview of a larger replay is
 * partial, and says so.
 */
const LOOKED_AT = 1_000;
const LOOKED_AT_BYTES = 32 * 1024 * 1024;
const PAGE = 100;
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
