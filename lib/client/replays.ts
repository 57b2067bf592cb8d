/** The console's client of the replay API. Each function is one request, and throws `ApiError`. */
import type { z } from "zod";
import type { EventFilter } from "@/lib/contract/event-filter";
import { printReplayFilter, type ReplayFilter } from "@/lib/contract/replay-filter";
import type { replayOptionsSchema } from "@/lib/contract/replay-options";
import type { Replay, ReplayItem, ReplayPage, ReplayPreview, ReplaySummary } from "@/lib/contract/replays";
import type { ErrorClass, ReplayOutcome } from "@/lib/contract/vocabulary";
import { postJson, requestJson } from "./request";

export type ReplayDetail = Replay & { summary: ReplaySummary };
export type ItemOutcome = ReplayOutcome | "waiting";
export type ReplayControl = "pause" | "resume" | "cancel";

/** The options as a user chooses them. A field that is left out gets its default from the schema. */
export type AskedOptions = z.input<typeof replayOptionsSchema>;

/** Of a back-fill: findings of a run of reconciliation, whose events are stored first. */
export type FindingSelection = { reconciliation: string; finding_ids?: string[]; all?: true };

export type Selection = { event_ids: string[] } | { filter: EventFilter; limit?: number } | FindingSelection;

export interface ReplayAsk {
  selection: Selection;
  options: AskedOptions;
  reason: string;
}

const REPLAYS = "/api/webhooks/replays";

export const ITEMS_PER_PAGE = 50;

export function fetchReplays(query: ReplayFilter & { cursor?: number }, signal?: AbortSignal): Promise<ReplayPage> {
  return requestJson<ReplayPage>(`${REPLAYS}?${printReplayFilter(query)}`, { signal });
}

export function fetchReplay(id: string, signal?: AbortSignal): Promise<ReplayDetail> {
  return requestJson<ReplayDetail>(`${REPLAYS}/${id}`, { signal });
}

export async function fetchReplayItems(
  id: string,
  { outcome, after, limit }: { outcome?: ItemOutcome; after: number; limit: number },
  signal?: AbortSignal,
): Promise<ReplayItem[]> {
  const query = new URLSearchParams({ after: String(after), limit: String(limit), ...(outcome && { outcome }) });
  return (await requestJson<{ items: ReplayItem[] }>(`${REPLAYS}/${id}/items?${query}`, { signal })).items;
}

/** Makes a draft: freezes a selection and runs nothing. The same key returns the same draft. */
export function createReplay(ask: ReplayAsk, { key, signal }: { key?: string; signal?: AbortSignal } = {}) {
  const { path, body } = draftRequest(ask);
  return requestJson<Replay>(path, {
    method: "POST",
    headers: { "content-type": "application/json", ...(key && { "idempotency-key": key }) },
    body: JSON.stringify({ ...body, draft: true }),
    signal,
  });
}

function draftRequest({ selection, ...how }: ReplayAsk): { path: string; body: object } {
  if (!("reconciliation" in selection)) return { path: REPLAYS, body: { selection, ...how } };
  const { reconciliation, ...findings } = selection;
  return { path: `/api/reconciliations/${reconciliation}/back-fill`, body: { ...findings, ...how } };
}

export function fetchPreview(id: string, signal?: AbortSignal): Promise<ReplayPreview> {
  return requestJson<ReplayPreview>(`${REPLAYS}/${id}/preview`, { signal });
}

/** A frozen selection and its preview. */
export interface Drafted {
  draft: Replay;
  preview: ReplayPreview;
}

export async function draftAndPreview(
  ask: ReplayAsk,
  how: { key?: string; signal?: AbortSignal } = {},
): Promise<Drafted> {
  const draft = await createReplay(ask, how);
  return { draft, preview: await fetchPreview(draft.id, how.signal) };
}

export function startReplay(id: string): Promise<Replay> {
  return postJson<Replay>(`${REPLAYS}/${id}/start`, {});
}

export function controlReplay(id: string, action: ReplayControl): Promise<Replay> {
  return postJson<Replay>(`${REPLAYS}/${id}/${action}`, {});
}

/** Runs the failed items again, of some error classes or all. Returns the new replay's id. */
export async function retryFailures(
  id: string,
  ask: { classes?: ErrorClass[]; tries: number; reason: string },
): Promise<string> {
  const answer = await postJson<Record<string, unknown>>(`/admin/webhooks/replays/${id}/retry-failures`, {
    maxAdditionalRetries: ask.tries,
    reason: ask.reason,
    ...(ask.classes && { onlySpecificFailures: ask.classes }),
  });
  return String(answer.replayId ?? answer.replay_id ?? answer.id);
}

export function exportAddress(id: string, format: "csv" | "json"): string {
  return `${REPLAYS}/${id}/export?format=${format}`;
}
