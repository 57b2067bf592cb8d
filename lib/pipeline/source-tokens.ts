/**
 * The sources by their URL tokens. Every process keeps all of them in memory, so that an endpoint asks the database once in
 * a while instead of once per request, and knows its sources while the database is unavailable.
 */
import { createHash } from "node:crypto";
import { call } from "@/lib/db/client";
import type { StoredToken } from "@/lib/db/functions/journey";
import { logError } from "@/lib/log";
import { processSingleton } from "@/lib/process-singleton";
import type { Source } from "@/lib/providers/provider";

/** After this the next request starts a refresh and does not wait for it … */
const FRESH_MS = 3_000;
/** … and after this it waits: a revoked token is accepted for less than five seconds. */
const TRUSTED_MS = 4_500;
/** An unknown token asks the database at once, but at most this often. */
const ASK_AGAIN_MS = 1_000;
/** The sender must get an answer within three seconds, and after this the event still has to be stored. */
const DEADLINE_MS = 800;

interface Known {
  provider: string;
  source: Source;
  /** On this process's monotonic clock: the machine's clock may jump. */
  endsAt: number;
}

const NEVER = Number.NEGATIVE_INFINITY;

const state = processSingleton("sources", () => ({
  /** By the SHA-256 of the token in hex. Looking up a hash takes as long for a near miss as for any other token. */
  known: new Map<string, Known>(),
  /** When the refresh that returned `known` began. */
  loadedAt: NEVER,
  askedAt: NEVER,
  refreshing: undefined as Promise<void> | undefined,
}));

/**
 * The source of a provider's URL token. `unknown` when no source has it, or not any more; `unavailable` when the database is
 * unavailable and the cache is too old to decide. Never throws.
 */
export async function findSource(provider: string, token: string): Promise<Source | "unknown" | "unavailable"> {
  await refreshWhenOld();
  const hash = hashOf(token);
  const known = lookUp(provider, hash);
  if (known) return known;
  if (performance.now() - state.askedAt >= ASK_AGAIN_MS || state.refreshing) await refresh();
  return lookUp(provider, hash) ?? (age() < TRUSTED_MS ? "unknown" : "unavailable");
}

/** Whether a provider has any source. Also false while that is not known. */
export async function hasSources(provider: string): Promise<boolean> {
  await refreshWhenOld();
  return [...state.known.values()].some((known) => known.provider === provider);
}

/** Makes the next request refresh. For callers that have just changed a source in this process. */
export function forgetSources(): void {
  state.loadedAt = NEVER;
  state.askedAt = NEVER;
  state.refreshing = undefined;
}

/** The form in which a token is stored and looked up. */
export function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

function lookUp(provider: string, hash: string): Source | undefined {
  const known = state.known.get(hash);
  return known && known.provider === provider && performance.now() < known.endsAt ? known.source : undefined;
}

const age = () => performance.now() - state.loadedAt;

async function refreshWhenOld(): Promise<void> {
  if (age() < FRESH_MS) return;
  const mayAsk = state.refreshing || performance.now() - state.askedAt >= ASK_AGAIN_MS;
  if (!mayAsk) return;
  const refreshed = refresh();
  if (age() >= TRUSTED_MS) await refreshed;
}

/** One refresh at a time, for all callers. When the database is unavailable, the known sources are kept. */
function refresh(): Promise<void> {
  if (state.refreshing) return state.refreshing;
  const refreshing = load().finally(() => {
    if (state.refreshing === refreshing) state.refreshing = undefined;
  });
  state.refreshing = refreshing;
  return refreshing;
}

async function load(): Promise<void> {
  const began = performance.now();
  state.askedAt = began;
  try {
    const tokens = await call("door", "list_source_tokens", {}, DEADLINE_MS);
    // A source was changed while this ran, and a caller asks again: the answer may be from before the change.
    if (state.askedAt !== began) return;
    state.known = new Map(tokens.flatMap((token) => entriesOf(token, began)));
    state.loadedAt = began;
  } catch (error) {
    logError("sources_not_refreshed", error, { known: state.known.size });
  }
}

function entriesOf(token: StoredToken, now: number): [string, Known][] {
  const source: Source = {
    id: token.id,
    ...(token.organisation_id === null ? {} : { organisationId: token.organisation_id }),
    ...(token.company_id === null ? {} : { companyId: token.company_id }),
    settings: token.settings,
    ...(token.max_per_minute === null ? {} : { maxPerMinute: token.max_per_minute }),
  };
  const entries: [string, Known][] = [
    [token.token_hash, { provider: token.provider, source, endsAt: Number.POSITIVE_INFINITY }],
  ];
  if (token.previous_token_hash !== null) {
    const endsAt = now + (token.previous_ends_in_ms ?? 0);
    entries.push([token.previous_token_hash, { provider: token.provider, source, endsAt }]);
  }
  return entries;
}
