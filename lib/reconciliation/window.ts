/** A claimed window, read page by page until it is done, lost, put off or stopped. */

import { call } from "@/lib/db/client";
import type { ApiRequestNote, ClaimedWindow } from "@/lib/db/functions/reconciliation";
import { environment } from "@/lib/env";
import { log, logError } from "@/lib/log";
import { ApiFailure } from "@/lib/providers/api";
import type { Source } from "@/lib/providers/provider";
import { accountOf } from "./accounts";
import { TurnTooFar } from "./ask";
import { readConfiguration } from "./configuration";
import { type Reading, readPage } from "./page";
import { findProviderWithApi, openSession } from "./session";

const SHORTEST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

/** Reads a window. `stop` ends it after the page under way. Never throws. */
export async function readWindow(work: ClaimedWindow, stop: AbortSignal): Promise<void> {
  const { LEASE_SECONDS } = environment();
  const notes: ApiRequestNote[] = [];
  const ending = new AbortController();
  const signal = AbortSignal.any([stop, ending.signal]);
  const heartbeat = setInterval(
    () => void renew(work, LEASE_SECONDS, () => ending.abort()),
    (LEASE_SECONDS * 1000) / 3,
  );
  try {
    const reading = await open(work, notes, LEASE_SECONDS, signal);
    await readToEnd(reading, signal);
  } catch (error) {
    if (!signal.aborted) await fail(work, error);
  } finally {
    clearInterval(heartbeat);
    if (notes.length > 0) await keepNotes(work, notes);
  }
}

async function open(
  work: ClaimedWindow,
  notes: ApiRequestNote[],
  leaseSeconds: number,
  signal: AbortSignal,
): Promise<Reading> {
  const { run } = work;
  const provider = findProviderWithApi(run.provider);
  if (!provider) throw new ApiFailure("refused", `${run.provider} has no API that lists what it sent.`);
  const account = await accountOf(provider, run.source_id);
  if (!account) throw new ApiFailure("unauthorised", `There is no API key of ${provider.label} any more.`);
  const settings = run.settings ?? {};
  const place = { provider, account, sourceId: run.source_id, settings, notes, signal };
  const session = openSession(place);
  if (!run.is_configured) {
    await call("pipeline", "note_configuration", {
      p_id: run.id,
      p_configuration: await readConfiguration(provider.api, session, {
        provider: provider.slug,
        sourceId: run.source_id,
      }),
    });
  }
  return { work, place, session, source: sourceOf(work), leaseSeconds };
}

async function readToEnd(reading: Reading, signal: AbortSignal): Promise<void> {
  const { work } = reading;
  let { cursor } = work;
  while (!signal.aborted) {
    const read = await readPage(reading, cursor);
    if (read.result === "too_large") return split(work);
    if (read.result !== "next") return;
    cursor = read.cursor;
  }
}

async function split(work: ClaimedWindow): Promise<void> {
  if (await call("pipeline", "split_window", { p_window: work.id, p_fence: work.fence })) return;
  throw new ApiFailure("malformed", "More happened within one second than the provider lists.");
}

/** What may succeed later is tried later; anything else gives the window up, and says why. */
async function fail(work: ClaimedWindow, error: unknown): Promise<void> {
  const isExpected = error instanceof ApiFailure;
  if (!isExpected) logError("window_not_read", error, { reconciliation: work.run.id, window: work.id });
  const problem = isExpected ? error.message : `Redrive could not read an answer of ${work.run.provider}.`;
  const backoff = Math.min(LONGEST_RETRY_MS, SHORTEST_RETRY_MS * 2 ** work.failures);
  const retryMs = isExpected && error.isTemporary ? Math.round(error.retryAfterMs ?? backoff) : null;
  await call("pipeline", "fail_window", {
    p_window: work.id,
    p_fence: work.fence,
    p_problem: problem,
    p_retry_ms: retryMs,
    p_counts: !(error instanceof TurnTooFar),
  }).catch((failure: unknown) => logError("window_not_failed", failure, { window: work.id }));
  log("reconciliation", {
    reconciliation: work.run.id,
    window: work.id,
    decision: "failed",
    problem,
    retry_ms: retryMs,
  });
}

async function renew(work: ClaimedWindow, leaseSeconds: number, lost: () => void): Promise<void> {
  try {
    const args = { p_window: work.id, p_fence: work.fence, p_lease_seconds: leaseSeconds };
    if (!(await call("pipeline", "renew_window", args))) lost();
  } catch (error) {
    logError("window_not_renewed", error, { window: work.id });
  }
}

async function keepNotes({ id, run }: ClaimedWindow, notes: ApiRequestNote[]): Promise<void> {
  const args = { p_id: run.id, p_window: id, p_provider: run.provider, p_requests: notes };
  await call("pipeline", "note_api_requests", args).catch((error: unknown) => logError("requests_not_noted", error));
}

function sourceOf({ run }: ClaimedWindow): Source | undefined {
  if (run.source_id === null) return undefined;
  return {
    id: run.source_id,
    ...(run.organisation_id !== null && { organisationId: run.organisation_id }),
    ...(run.company_id !== null && { companyId: run.company_id }),
    settings: run.settings ?? {},
  };
}
