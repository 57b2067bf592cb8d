/**
 * Back-fill: stores what findings miss, quietly. An ordinary replay of the stored events then delivers them: who makes it,
 * and with which rights, is the caller's business.
 */
import { type Answers, call } from "@/lib/db/client";
import type { BackFillable, BackFillEvent } from "@/lib/db/functions/reconciliation";
import { encoded } from "@/lib/pipeline/event-row";
import { findProvider } from "@/lib/providers";
import type { Source } from "@/lib/providers/provider";
import { type Scoped, scopeOf } from "@/lib/scope";
import { rowOf } from "./webhook";

/** How many findings are read at a time; a large body makes it fewer. */
const PAGE = 100;

export interface StoredFindings {
  /** What to replay, each once. */
  eventIds: number[];
  /** The findings that it repairs. */
  findingIds: number[];
}

/** Which findings can be brought back, the oldest first. `findingIds`: only these. */
export function listBackFillable(
  run: number,
  findingIds: readonly number[] | null,
  limit: number,
  asker: Scoped,
): Promise<Answers["list_back_fillable"]> {
  return call("console", "list_back_fillable", {
    p_id: run,
    p_finding_ids: findingIds && [...findingIds],
    p_limit: limit,
    ...scopeOf(asker),
  });
}

/**
 * Stores the events of findings of a run. May be repeated after a kill: what is stored is found. What came by itself
 * meanwhile, and what no destination receives, closes its finding instead; a preview closes none, and what no destination
 * receives closes when its replay has run.
 */
export async function storeFindings(
  run: number,
  findingIds: readonly number[],
  requestId: string,
  asker: Scoped,
  { isPreview = false } = {},
): Promise<StoredFindings> {
  const eventIds = new Set<number>();
  const toRepair: number[] = [];
  for (let at = 0; at < findingIds.length; ) {
    const findings = await call("console", "read_findings", {
      p_finding_ids: findingIds.slice(at, at + PAGE),
      ...scopeOf(asker),
    });
    if (findings.length === 0) break;
    at += findings.length;
    const stored = await call("console", "back_fill", {
      p_id: run,
      p_events: findings.map((finding, n) => eventOf(finding, n, requestId)),
      p_closes: !isPreview,
      ...scopeOf(asker),
    });
    for (const { finding_id, event_id, state } of stored) {
      if (event_id !== null) eventIds.add(event_id);
      if (event_id !== null || (isPreview && state === "repaired")) toRepair.push(finding_id);
    }
  }
  return { eventIds: [...eventIds], findingIds: toRepair };
}

/** Says that a replay repairs these findings. */
export async function markBackFilling(
  run: number,
  findingIds: readonly number[],
  replay: number,
  asker: Scoped,
): Promise<void> {
  const args = { p_id: run, p_finding_ids: [...findingIds], p_replay_id: replay, ...scopeOf(asker) };
  await call("console", "mark_back_filling", args);
}

function eventOf(
  finding: BackFillable,
  n: number,
  requestId: string,
): BackFillEvent | { n: number; finding_id: number } {
  const provider = findProvider(finding.provider);
  const origin = finding.origin === "reconstructed" ? "reconstructed" : "provider_api";
  // What has no bytes is here already, and is replayed as it is.
  if (finding.body === null || !provider) return { n, finding_id: finding.id };
  const row = rowOf(
    provider,
    {
      body: Buffer.from(finding.body, "base64"),
      headers: finding.headers ?? [],
      eventKey: finding.event_key,
      logicalKey: finding.logical_key,
      origin,
    },
    requestId,
    sourceOf(finding),
  );
  return { ...encoded(row), n, finding_id: finding.id };
}

function sourceOf({ source }: BackFillable): Source | undefined {
  if (!source) return undefined;
  return {
    id: source.id,
    ...(source.organisation_id !== null && { organisationId: source.organisation_id }),
    ...(source.company_id !== null && { companyId: source.company_id }),
    settings: source.settings,
  };
}
