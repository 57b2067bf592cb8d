/** Runs and coverage in sentences. */
import type { Reconciliation, RunInBrief, SourceCoverage, Watch } from "@/lib/contract/reconciliations";
import { FINDING_KINDS, isUnderWay } from "@/lib/contract/reconciliations";
import { count, duration, plural } from "../format";
import { providerName } from "../provider";

const MS = 1_000;

/** `Stripe`, `HeyReach, Sales team`. */
export function sourceName({ provider_slug, name }: { provider_slug: string; name: string | null }): string {
  return name === null ? providerName(provider_slug) : `${providerName(provider_slug)}, ${name}`;
}

/** What is wrong, by kind; unrecoverable ones and those that are repaired do not count. */
export function openOf({ counts }: Reconciliation): number {
  return counts.missing + counts.rejected + counts.undelivered + counts.drifted + counts.not_subscribed;
}

/** The state of a run in one sentence. One that did not read everything never says that nothing is missing. */
export function verdictOf(run: Reconciliation): string {
  const { counts, status } = run;
  const provider = providerName(run.provider_slug);
  const missing = counts.missing + counts.rejected + counts.not_subscribed;
  const problems = [
    missing > 0 && `${plural(missing, "event")} ${missing === 1 ? "is" : "are"} missing`,
    counts.undelivered > 0 && `${count(counts.undelivered)} not delivered`,
    counts.drifted > 0 && `${plural(counts.drifted, "row")} ${counts.drifted === 1 ? "differs" : "differ"}`,
  ].filter((part) => part !== false);
  const found = problems.join(", ");
  if (isUnderWay(status)) {
    if (status === "queued") return `Waits to ask ${provider}.`;
    return found ? `${found} so far. ${provider} is still being asked.` : `${provider} is being asked.`;
  }
  if (status === "completed") return found ? `${found}.${settledText(run)}` : allHereText(run);
  if (status === "failed") return `${provider} could not be asked. What is missing is unknown.`;
  const why =
    status === "cancelled"
      ? "The run was cancelled before the whole window was read"
      : "A part of the window could not be read";
  return found ? `At least ${found}. ${why}.` : `${why}, so what is missing there is unknown.`;
}

function allHereText({ counts, provider_slug }: Reconciliation): string {
  const repaired = counts.repaired + counts.late;
  if (counts.provider === 0) return `${providerName(provider_slug)} has nothing in this window.`;
  if (counts.unrecoverable > 0)
    return `${plural(counts.unrecoverable, "event")} cannot be brought back. All others are here.`;
  if (repaired === 0)
    return `Nothing is missing: all ${plural(counts.provider, "event")} of ${providerName(provider_slug)} are here.`;
  return `Nothing is missing any more: ${repairedText(counts)}.`;
}

function settledText({ counts }: Reconciliation): string {
  return counts.repaired + counts.late > 0 ? ` ${sentence(repairedText(counts))}.` : "";
}

function repairedText({ repaired, late }: Reconciliation["counts"]): string {
  return [repaired > 0 && `${count(repaired)} repaired`, late > 0 && `${count(late)} came late`]
    .filter(Boolean)
    .join(", ");
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `12 of 48 windows read · 31 requests · 1,204 events listed` */
export function progressText({ windows, requests, counts }: Reconciliation): string {
  return [
    `${count(windows.done)} of ${plural(windows.total, "window")} read`,
    windows.failed > 0 && `${count(windows.failed)} failed`,
    plural(requests, "request"),
    `${plural(counts.provider, "event")} listed`,
  ]
    .filter(Boolean)
    .join(" · ");
}

/** `At least 3`, `3`, `unknown`: how many are missing, as far as the run knows. */
export function missingText(run: Reconciliation): string {
  const missing = openOf(run);
  if (run.counts_are === "exact") return count(missing);
  if (run.status === "failed") return "unknown";
  return missing === 0 ? "unknown" : `at least ${count(missing)}`;
}

/** Why it runs by itself or does not. */
export function stateOf(source: SourceCoverage): { words: string; isOn: boolean } {
  if (!source.coverage) return { words: "Cannot be asked: Redrive has no client for its API", isOn: false };
  if (!source.credentials?.is_complete) return { words: "Off: no API key", isOn: false };
  if (!source.watch.enabled) return { words: "Off: switched off by a user", isOn: false };
  return { words: scheduleText(source.watch), isOn: true };
}

/** `On: every 15 min over the last 1 h, and once a day over 3 d` */
export function scheduleText({ every_seconds, window_seconds, daily_window_seconds }: Watch): string {
  return `On: every ${duration(every_seconds * MS)} over ${duration(window_seconds * MS)}, once a day over ${duration(daily_window_seconds * MS)}`;
}

/** A run that says more than the last complete one: it is newer and did not complete. */
export function newerTrouble({ last_complete, last_run }: SourceCoverage): RunInBrief | null {
  if (!last_run || last_run.status === "completed" || last_run.id === last_complete?.id) return null;
  return last_run;
}

/** Whether it has, or had, a key: it has something to show. The others only wait to be set up. */
export function isSetUp(source: SourceCoverage): boolean {
  return (
    (source.credentials?.is_complete ?? false) ||
    source.last_run !== null ||
    source.running !== null ||
    source.open_run_id !== null
  );
}

/** Most urgent first: what is missing, what is on, what is in use, then the rest by name. */
export function inOrder(sources: readonly SourceCoverage[]): SourceCoverage[] {
  return [...sources].sort((a, b) => rank(a) - rank(b) || sourceKey(a).localeCompare(sourceKey(b), "en"));
}

function rank(source: SourceCoverage): number {
  if (FINDING_KINDS.some((kind) => kind !== "unrecoverable" && (source.open[kind] ?? 0) > 0)) return 0;
  if (source.is_on || source.last_run) return 1;
  return source.in_use ? 2 : 3;
}

/** The same for each source of a provider: a name for React and for choices. */
export function sourceKey({ provider_slug, source_id }: Pick<SourceCoverage, "provider_slug" | "source_id">): string {
  return source_id === null ? provider_slug : `${provider_slug} ${source_id}`;
}
