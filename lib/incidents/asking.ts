/** The runs of an incident: every source that it is about is asked over its window, by its provider's API. */
import { call } from "@/lib/db/client";
import type { ClaimedIncident, IncidentRun, SourceOfIncident } from "@/lib/db/functions/incidents";
import { findProvider } from "@/lib/providers";
import { accountOf, listAccounts } from "@/lib/reconciliation/accounts";
import { dueSpan, type Span, windowsOf } from "@/lib/reconciliation/plan";
import { findProviderWithApi, type ProviderWithApi } from "@/lib/reconciliation/session";
import { wakeReconciler } from "@/lib/reconciliation/wake";
import { held, LeaseLost } from "./step";

const DAY_MS = 86_400_000;
/** How often the part of a run that failed is read again. */
const MOST_RETRIES = 2;

type AskingStep = "find_missing" | "verify";

/** A source that was not asked, and why. */
export interface NotAsked extends SourceOfIncident {
  reason: string;
}

export interface Asked {
  runs: IncidentRun[];
  notAsked: NotAsked[];
  /** Some have not ended. */
  isUnderWay: boolean;
  /** Why the runs together did not read everything; undefined when they did. */
  problem?: string;
}

/** Starts the runs of a step that are not there yet, and says how they are. May be repeated. Throws `LeaseLost`. */
export async function askProviders(incident: ClaimedIncident, step: AskingStep, mayRetry: boolean): Promise<Asked> {
  const notAsked: NotAsked[] = [];
  for (const source of await sourcesOf(incident)) {
    const asked = await prepare(source, incident);
    if (typeof asked === "string") notAsked.push({ ...source, reason: asked });
    else {
      const refusal = await start(incident, step, source, asked.span, asked.provider);
      if (refusal) notAsked.push({ ...source, reason: refusal });
      else if (asked.cut) notAsked.push({ ...source, reason: asked.cut });
    }
  }
  let runs = await call("pipeline", "read_incident_runs", { p_id: incident.id, p_step: step });
  const failed = last(runs).filter(({ status }) => status !== "completed" && !isUnderWay(status));
  let isRetrying = false;
  for (const run of mayRetry ? failed : []) {
    if (depth(run, runs) >= MOST_RETRIES) continue;
    isRetrying = (await retry(incident, step, run)) || isRetrying;
  }
  if (isRetrying) runs = await call("pipeline", "read_incident_runs", { p_id: incident.id, p_step: step });
  wakeReconciler();
  const open = last(runs).filter(({ status }) => status !== "completed" && !isUnderWay(status));
  return {
    runs,
    notAsked,
    isUnderWay: runs.some(({ status }) => isUnderWay(status)),
    ...(open.length > 0 && { problem: open.map(problemOf).join(" ") }),
  };
}

/** The sources that could be asked, by provider. */
export async function findAskable(incident: ClaimedIncident): Promise<string[]> {
  const sources = await sourcesOf(incident);
  const prepared = await Promise.all(sources.map((source) => prepare(source, incident)));
  return [...new Set(sources.filter((_, n) => typeof prepared[n] === "object").map(({ provider }) => provider))];
}

/** What the items are of; and every source with a key, when the selection names no provider. */
async function sourcesOf(incident: ClaimedIncident): Promise<SourceOfIncident[]> {
  const own = await call("pipeline", "incident_sources", { p_id: incident.id });
  const { filter, event_ids, reconciliation_id } = incident.selection;
  const named = filter?.provider_slug as string[] | undefined;
  if (event_ids || reconciliation_id !== undefined) return own;
  const others = (await listAccounts())
    .map(({ provider, sourceId }) => ({ provider: provider.slug, source_id: sourceId }))
    .filter(({ provider }) => !named?.length || named.includes(provider))
    .filter(({ provider, source_id }) => !own.some((one) => one.provider === provider && one.source_id === source_id));
  return [...own, ...others];
}

interface Prepared {
  provider: ProviderWithApi;
  span: Span;
  /** Which part of the window it cannot be asked about. */
  cut?: string;
}

/** The span that a source is asked over, or why it is not asked. */
async function prepare(
  { provider: slug, source_id }: SourceOfIncident,
  incident: ClaimedIncident,
): Promise<Prepared | string> {
  const provider = findProviderWithApi(slug);
  const label = findProvider(slug)?.label ?? slug;
  if (!provider) return `${label} has no API that lists what it sent.`;
  if (source_id === null && incident.scope !== null) return "The default source belongs to all organisations.";
  if (!(await accountOf(provider, source_id))) return `There is no API key of ${label}.`;
  const { waitSeconds, horizonDays } = provider.api;
  const from = new Date(incident.from_ts);
  const to = new Date(incident.to_ts);
  const horizon = horizonDays === undefined ? from : new Date(Date.now() - horizonDays * DAY_MS + 60_000);
  if (horizon >= to) return `${label} answers for the last ${horizonDays} days only.`;
  const span = dueSpan({ from: horizon > from ? horizon : from, to }, provider.api);
  if (!span) return `${label} may still send what happened in the last ${waitSeconds} seconds.`;
  const prepared: Prepared = { provider, span };
  if (span.from > from) prepared.cut = `${label} answers from ${span.from.toISOString()} on.`;
  else if (span.to < to) prepared.cut = `${label} may still send what happened after ${span.to.toISOString()}.`;
  return prepared;
}

/** Why SQL did not make the run; undefined when it did. */
async function start(
  incident: ClaimedIncident,
  step: AskingStep,
  source: SourceOfIncident,
  span: Span,
  { api }: ProviderWithApi,
  retryOf: number | null = null,
): Promise<string | undefined> {
  const made = await call("pipeline", "start_incident_run", {
    ...held(incident),
    p_step: step,
    p_run: {
      ...source,
      from_ts: span.from.toISOString(),
      to_ts: span.to.toISOString(),
      types: null,
      windows: windowsOf(span, api),
      retry_of: retryOf,
    },
  });
  if (made.result === "lost") throw new LeaseLost();
  if (made.result === "no_source") return "The source is not there any more, or of another organisation.";
  return made.result === "beyond_scope" ? "The default source belongs to all organisations." : undefined;
}

async function retry(incident: ClaimedIncident, step: AskingStep, run: IncidentRun): Promise<boolean> {
  const provider = findProviderWithApi(run.provider);
  if (!provider || run.failed_from === null || run.failed_to === null) return false;
  const span = { from: new Date(run.failed_from), to: new Date(run.failed_to) };
  const source = { provider: run.provider, source_id: run.source_id };
  return (await start(incident, step, source, span, provider, run.id)) === undefined;
}

/** Runs whose failed part was not read again. */
function last(runs: readonly IncidentRun[]): IncidentRun[] {
  return runs.filter(({ id }) => !runs.some(({ retry_of }) => retry_of === id));
}

function depth({ retry_of }: IncidentRun, runs: readonly IncidentRun[]): number {
  const before = runs.find(({ id }) => id === retry_of);
  return before ? 1 + depth(before, runs) : 0;
}

function isUnderWay(status: IncidentRun["status"]): boolean {
  return status === "queued" || status === "running";
}

function problemOf({ id, provider, status, reason }: IncidentRun): string {
  return `rc_${id} of ${findProvider(provider)?.label ?? provider} is ${status}: ${reason ?? "it was not read to its end."}`;
}
