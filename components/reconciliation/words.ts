/** Runs and coverage in sentences. */
import type { Reconciliation } from "@/lib/contract/reconciliations";
import { isUnderWay } from "@/lib/contract/reconciliations";
import { count, plural } from "../format";
import { providerName } from "../provider";

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
