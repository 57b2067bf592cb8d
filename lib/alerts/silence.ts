/**
 * What silence needs besides the evaluation of rules: habits are learnt, and providers are asked before anybody is paged.
 * evaluateAlerts does it before each evaluation; any number of processes may do so at a time.
 */
import { call } from "@/lib/db/client";
import { environment } from "@/lib/env";
import { logError } from "@/lib/log";
import { askAboutSilences } from "./ask";

/** Organisations whose habits are learnt in one transaction. */
const LEARNT_AT_ONCE = 20;

/** Learns once an hour, asks about series that are silent, and opens incidents of what was missing. Never throws. */
export async function tendSilence(): Promise<void> {
  await attempt("arrivals_not_learnt", learn);
  await attempt("silences_not_asked", askAboutSilences);
  await attempt("incidents_of_silence_not_opened", () =>
    call("pipeline", "open_silence_incidents", { p_most: environment().INCIDENT_MAX_ITEMS }),
  );
}

async function learn(): Promise<void> {
  for (let learnt = LEARNT_AT_ONCE; learnt >= LEARNT_AT_ONCE; ) {
    learnt = await call("pipeline", "learn_arrivals", { p_limit: LEARNT_AT_ONCE });
  }
}

/** Rules are evaluated all the same: a series that no one asked about waits for one evaluation. */
async function attempt(what: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    logError(what, error);
  }
}
