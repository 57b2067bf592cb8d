/**
 * Runs that repair what they find also ask the provider to send again what failed, where its API offers that: it includes what
 * no list has. A minute later they ask for the numbers once more, because sending again takes the provider a while. What comes
 * twice is a duplicate.
 */
import { call } from "@/lib/db/client";
import type { ApiRequestNote, RunToResend } from "@/lib/db/functions/reconciliation";
import { log, logError } from "@/lib/log";
import { senders } from "@/lib/providers";
import { ApiFailure, type Window } from "@/lib/providers/api";
import { accountOf } from "./accounts";
import { findProviderWithApi, openSession } from "./session";

/** Long: one request per campaign, as fast as the provider allows. After a kill another process asks again. */
const LEASE_SECONDS = 900;

/** Asks for the runs that are due. One that fails is tried again when its lease is over. */
export async function resendForEndedRuns(signal?: AbortSignal): Promise<void> {
  const able = senders.filter(({ api }) => api?.resend).map(({ slug }) => slug);
  const taken = await call("pipeline", "take_runs_to_resend", { p_providers: able, p_lease_seconds: LEASE_SECONDS });
  for (const run of taken) {
    if (signal?.aborted) return;
    const resent = await resend(run, signal).catch((error: unknown) => {
      if (error instanceof ApiFailure && !error.isTemporary) return { problem: error.message };
      logError("resend_failed", error, { reconciliation: run.id });
      return undefined;
    });
    if (resent === undefined) continue;
    await call("pipeline", "note_resend", { p_id: run.id, p_resent: resent });
    log("resend", { reconciliation: run.id, provider: run.provider, ...resent });
  }
}

async function resend(run: RunToResend, signal?: AbortSignal): Promise<Record<string, number | string | null>> {
  const provider = findProviderWithApi(run.provider);
  const account = provider && (await accountOf(provider, run.source_id));
  if (!provider?.api.resend || !account) return { problem: "There is no API key any more." };
  const notes: ApiRequestNote[] = [];
  const settings = run.settings ?? {};
  const session = openSession({ provider, account, sourceId: run.source_id, settings, notes, signal });
  const window: Window = { from: new Date(run.from_ts), to: new Date(run.to_ts) };
  try {
    if (run.resent === null) return { asked: (await provider.api.resend(session, window)).asked };
    return { failed_after: (await provider.api.undelivered?.(session, window)) ?? null };
  } finally {
    if (notes.length > 0) {
      const kept = { p_id: run.id, p_window: null, p_provider: run.provider, p_requests: notes };
      await call("pipeline", "note_api_requests", kept);
    }
  }
}
