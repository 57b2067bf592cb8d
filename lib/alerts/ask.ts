/**
 * Ask before paging: a provider that is silent is asked, by a run of reconciliation that repairs nothing, what it has since the
 * last event. supabase/schemas/771_ask_silences.sql says what the answer means.
 */
import { numberInId } from "@/lib/contract/ids";
import { call } from "@/lib/db/client";
import type { SilenceToAsk } from "@/lib/db/functions/alerts-silence";
import { log, logError } from "@/lib/log";
import { accountOf } from "@/lib/reconciliation/accounts";
import { dueSpan, windowsOf } from "@/lib/reconciliation/plan";
import { findProviderWithApi, type ProviderWithApi } from "@/lib/reconciliation/session";
import { wakeReconciler } from "@/lib/reconciliation/wake";
import { EVERYTHING, scopeOf } from "@/lib/scope";

/** Silent series that are taken at a time. */
const AT_ONCE = 50;
/** Who asks for the runs. */
const ALERTS = { p_actor: "Alerts", p_actor_id: "alerts", p_request_id: "alerts" };

/** Series of one source: one run answers for all of them. */
interface Question {
  provider: ProviderWithApi;
  sourceId: number | null;
  series: SilenceToAsk[];
}

/** Starts a run for each source with silent series. Series that no run can answer for wait no longer. */
export async function askAboutSilences(): Promise<void> {
  const silent = await call("pipeline", "take_silences_to_ask", { p_limit: AT_ONCE });
  const questions = new Map<string, Question>();
  const unanswerable: SilenceToAsk[] = [];
  for (const series of silent) {
    const source = await askableSource(series);
    if (!source) unanswerable.push(series);
    else {
      const key = `${source.provider.slug} ${source.sourceId}`;
      const question = questions.get(key) ?? { ...source, series: [] };
      question.series.push(series);
      questions.set(key, question);
    }
  }
  for (const question of questions.values()) {
    const run = await start(question).catch((error: unknown) => {
      logError("silence_not_asked", error, { provider: question.provider.slug });
      return null;
    });
    await note(question.series, run);
  }
  if (unanswerable.length > 0) await note(unanswerable, null);
  if (questions.size > 0) wakeReconciler();
}

/** The first source with a key, of a provider whose API lists what it sent: counts and known ids say nothing of silence. */
async function askableSource({ provider: slug, source_ids }: SilenceToAsk): Promise<Omit<Question, "series"> | null> {
  const provider = findProviderWithApi(slug);
  if (!provider || (provider.api.coverage.kind !== "events" && provider.api.coverage.kind !== "objects")) return null;
  for (const sourceId of source_ids ?? []) {
    if (await accountOf(provider, sourceId)) return { provider, sourceId };
  }
  return null;
}

/** The number of the run; null when the provider may still send all of the span, or the source has gone. */
async function start({ provider, sourceId, series }: Question): Promise<number | null> {
  const from = new Date(Math.min(...series.map(({ from_ts }) => Date.parse(from_ts))));
  const span = dueSpan({ from, to: new Date() }, provider.api);
  if (!span) return null;
  const types = series.map(({ event_type }) => event_type);
  const made = await call("pipeline", "create_reconciliation", {
    p_run: {
      provider: provider.slug,
      source_id: sourceId,
      from_ts: span.from.toISOString(),
      to_ts: span.to.toISOString(),
      types: types.includes(null) ? null : [...new Set(types as string[])].toSorted(),
      dry_run: true,
      started_by: "alert",
      windows: windowsOf(span, provider.api),
    },
    ...ALERTS,
    ...scopeOf(EVERYTHING),
  });
  const run = made.result === "created" ? made.reconciliation.id : null;
  log("silence", { provider: provider.slug, source_id: sourceId, series: series.length, decision: run ?? made.result });
  return run === null ? null : numberInId(run);
}

async function note(series: readonly SilenceToAsk[], run: number | null): Promise<void> {
  await call("pipeline", "note_silences_asked", { p_series: series.map(({ series_id }) => series_id), p_run: run });
}
