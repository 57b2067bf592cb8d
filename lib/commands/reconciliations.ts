/**
 * Reconciliation: asks a provider what should be here, and brings back what is missing. A run is worked on by the worker
 * (lib/reconciliation); here it is asked for and cancelled, and its findings are handed to a back-fill.
 */
import { mayActor } from "@/lib/auth/permissions";
import { parseId } from "@/lib/contract/ids";
import type { Reconciliation } from "@/lib/contract/reconciliations";
import type { ReplayOptions } from "@/lib/contract/replay-options";
import type { Replay } from "@/lib/contract/replays";
import { call } from "@/lib/db/client";
import type { ReconciliationTrigger } from "@/lib/db/functions/reconciliation";
import { environment } from "@/lib/env";
import { log, logError } from "@/lib/log";
import { findProvider, senders } from "@/lib/providers";
import type { RequestedReplay } from "@/lib/queries/replay-answers";
import { previewReplay } from "@/lib/queries/replay-preview";
import { getReplay, replayNumber } from "@/lib/queries/replays";
import { getStoredSource } from "@/lib/queries/sources";
import { accountOf } from "@/lib/reconciliation/accounts";
import { listBackFillable, markBackFilling, storeFindings } from "@/lib/reconciliation/back-fill";
import { dueSpan, type Span, windowsOf } from "@/lib/reconciliation/plan";
import { findProviderWithApi, type ProviderWithApi } from "@/lib/reconciliation/session";
import { wakeReconciler } from "@/lib/reconciliation/wake";
import { Refusal } from "@/lib/refusals";
import { beyondScope, scopeOf } from "@/lib/scope";
import { type ActorContext, byArguments } from "./actor";
import { requireReplaySize } from "./replay-size";
import { createReplay, startReplay } from "./replays";

const DAY_MS = 86_400_000;

export interface ReconciliationInput {
  provider_slug: string;
  /** `so_12`; left out for the provider's default source. */
  source_id?: string;
  /** ISO 8601. An end that is too near to now is cut: `to_ts` of the answer is what is read. */
  from_ts: string;
  to_ts: string;
  types?: readonly string[];
  /** Default true. False also brings back what it finds, and needs `replay_many`. */
  dry_run?: boolean;
  /** Default `person`. */
  started_by?: ReconciliationTrigger;
}

export interface BackFillInput {
  /** `fi_34`. Either these, or `all`. */
  finding_ids?: readonly string[];
  all?: boolean;
  reason?: string;
  options?: ReplayOptions;
  /** Freeze the replay and run nothing yet. */
  draft?: boolean;
  idempotencyKey?: string;
}

/** The replay of a back-fill, with its preview when it is a dry run, and how many findings its size leaves for the next one. */
export interface RequestedBackFill extends RequestedReplay {
  remaining: number;
}

/** Asks for a run. Throws a `Refusal` for a provider without an API or key, an empty span, or a source that is not theirs. */
export async function createReconciliation(input: ReconciliationInput, by: ActorContext): Promise<Reconciliation> {
  const { provider_slug: slug, dry_run: isDry = true } = input;
  if (!isDry && !mayActor(by.actor, "replay_many")) throw new Refusal("repairs_need_right");
  const provider = requireProvider(slug);
  const sourceId = input.source_id === undefined ? null : (parseId("source", input.source_id) ?? missingSource());
  // Before the key: that another organisation's source has one is for its own users to know.
  if (input.source_id !== undefined) await getStoredSource(input.source_id, by.actor);
  else if (by.actor.organisations !== null) throw beyondScope(by.actor, "source_id");
  if (!(await accountOf(provider, sourceId))) {
    const variables = Object.values(provider.api.credentials).flatMap((one) => (one.isOptional ? [] : [one.variable]));
    throw new Refusal("no_api_key", { provider: provider.label, source: input.source_id ?? null, variables });
  }
  const span = requireSpan(input, provider);
  const made = await call("console", "create_reconciliation", {
    p_run: {
      provider: slug,
      source_id: sourceId,
      from_ts: span.from.toISOString(),
      to_ts: span.to.toISOString(),
      types: input.types && input.types.length > 0 ? [...input.types] : null,
      dry_run: isDry,
      started_by: input.started_by ?? "person",
      windows: windowsOf(span, provider.api),
    },
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  if (made.result === "no_source") missingSource();
  if (made.result !== "created") throw beyondScope(by.actor, "source_id");
  log("reconciliation", {
    request_id: by.requestId,
    reconciliation: made.reconciliation.id,
    provider: slug,
    actor: by.actor.id,
    decision: "created",
  });
  wakeReconciler();
  return made.reconciliation;
}

/** Ends a run; what it found so far remains. Throws a `Refusal` when there is no such run, or it has ended. */
export async function cancelReconciliation(id: string, by: ActorContext): Promise<Reconciliation> {
  const answer = await call("console", "cancel_reconciliation", {
    p_id: runNumber(id),
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  if (answer.result === "not_found") throw new Refusal("no_such_reconciliation");
  if (answer.result === "ended") {
    throw new Refusal("reconciliation_ended", { status: answer.reconciliation.status });
  }
  return answer.reconciliation;
}

/**
 * Stores what findings miss, and makes the replay that delivers it. Throws a `Refusal` as a replay of that size does, and when
 * there is nothing to bring back.
 */
export async function backFill(id: string, input: BackFillInput, by: ActorContext): Promise<RequestedBackFill> {
  const run = runNumber(id);
  const repeated = input.idempotencyKey && (await findRepeated(run, input.idempotencyKey, by));
  if (repeated) return { replay: repeated, notFound: [], remaining: 0 };

  const chosen = input.all ? null : (input.finding_ids ?? []).map(findingNumber);
  const most = environment().REPLAY_MAX_EVENTS;
  const { reconciliation, total, findings } = await listBackFillable(run, chosen, most, by.actor);
  if (!reconciliation) throw new Refusal("no_such_reconciliation");
  if (input.all && (reconciliation.status === "queued" || reconciliation.status === "running")) {
    throw new Refusal("reconciliation_not_ended", { status: reconciliation.status });
  }
  if (findings.length === 0) throw new Refusal("nothing_to_back_fill");
  // Before anything is stored: the replay would be refused as well.
  requireReplaySize(by.actor, input.all ? { filter: {} } : { event_ids: findings });

  const isDryRun = input.options?.dryRun;
  const isPreview = Boolean(isDryRun || input.draft);
  const stored = await storeFindings(run, findings, by.requestId, by.actor, { isPreview });
  if (stored.eventIds.length === 0) {
    throw new Refusal(stored.findingIds.length > 0 ? "nothing_receives_findings" : "nothing_to_back_fill");
  }
  const requested = {
    kind: "back_fill" as const,
    selection: { event_ids: stored.eventIds },
    // Only this request is a dry run; the replay may be started later.
    options: { ...input.options, dryRun: false },
    reason: input.reason ?? `Back-fill of ${id}`,
    idempotencyKey: input.idempotencyKey,
  };
  const draft = await createReplay(requested, by);
  await markBackFilling(run, stored.findingIds, replayNumber(draft.id), by.actor);
  const replay = isPreview ? draft : await startOrDiscard(draft, by);
  const preview = isDryRun ? { preview: await previewReplay(replay, by.actor) } : {};
  return { replay, notFound: [], remaining: total - findings.length, ...preview };
}

/** A limit may refuse the start. Then nothing is listed, and the findings are open again. */
async function startOrDiscard(draft: Replay, by: ActorContext): Promise<Replay> {
  try {
    return await startReplay(draft.id, by);
  } catch (error) {
    await call("console", "discard_draft", { p_id: replayNumber(draft.id), ...scopeOf(by.actor) }).catch(
      (failure: unknown) => logError("draft_not_discarded", failure, { replay_id: draft.id, request_id: by.requestId }),
    );
    throw error;
  }
}

async function findRepeated(run: number, key: string, { actor }: ActorContext): Promise<Replay | null> {
  const args = { p_id: run, p_idempotency_key: key, p_actor_id: actor.id, ...scopeOf(actor) };
  const id = await call("console", "find_back_fill", args);
  return id === null ? null : getReplay(id, actor);
}

function requireProvider(slug: string): ProviderWithApi {
  const provider = findProviderWithApi(slug);
  if (provider) return provider;
  const known = findProvider(slug);
  if (known) throw new Refusal("no_provider_api", { provider: known.label });
  throw new Refusal("unknown_provider", { slug, known: senders.filter(({ api }) => api).map((one) => one.slug) });
}

function requireSpan({ from_ts, to_ts }: ReconciliationInput, { label, api }: ProviderWithApi): Span {
  const span = dueSpan({ from: new Date(from_ts), to: new Date(to_ts) }, api);
  if (!span) throw new Refusal("empty_span", { provider: label, wait_seconds: api.waitSeconds });
  const days = api.horizonDays;
  if (days !== undefined && span.from.getTime() < Date.now() - days * DAY_MS) {
    throw new Refusal("beyond_horizon", { provider: label, days });
  }
  return span;
}

/** The number in `rc_12` or `12`. Throws a `Refusal` for anything else. */
function runNumber(id: string): number {
  const number = parseId("reconciliation", id);
  if (number === undefined) throw new Refusal("no_such_reconciliation");
  return number;
}

function findingNumber(id: string): number {
  const number = parseId("finding", id);
  if (number === undefined) throw new Refusal("nothing_to_back_fill");
  return number;
}

function missingSource(): never {
  throw new Refusal("no_such_source");
}
