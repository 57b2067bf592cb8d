/** Sources and their coverage in sentences. */

import type { RunInBrief, SourceCoverage, Watch } from "@/lib/contract/reconciliations";
import { FINDING_KINDS } from "@/lib/contract/reconciliations";
import { duration } from "../format";
import { providerName } from "../provider";

const MS = 1_000;

/** `Stripe`, `HeyReach, Sales team`. */
export function sourceName({ provider_slug, name }: { provider_slug: string; name: string | null }): string {
  return name === null ? providerName(provider_slug) : `${providerName(provider_slug)}, ${name}`;
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
