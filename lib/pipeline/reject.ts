/**
 * reject: rejected requests are kept as evidence, never as events. A flood of invalid requests costs one statement per
 * window and a bounded number of samples, however many requests it has.
 */
import { createHash } from "node:crypto";
import { call } from "@/lib/db/client";
import type { RejectionCount, RejectionSample } from "@/lib/db/functions/arguments";
import { logError } from "@/lib/log";
import { processSingleton } from "@/lib/process-singleton";
import { findProvider } from "@/lib/providers";
import type { Provider, RawRequest, RefusalReason, Source, VerifiedRequest } from "@/lib/providers/provider";
import { redactHeaders } from "@/lib/providers/redact";
import { nameOf } from "./event-row";
import { maskSecrets } from "./mask";
import { shownPath, spellingsOfToken } from "./webhook-path";

const WINDOW_MS = 50;
/**
 * The window when samples are full and requests are only counted: answers wait this long, and each window costs a statement.
 */
const COUNTING_WINDOW_MS = 250;
/** After this time the database is asked again whether it stores more samples. */
const FULL_MS = 10_000;
const SAMPLES_PER_WINDOW = 20;
/** Also limited by bytes: a stale body is stored whole. The first of a window always fits. */
const SAMPLE_BYTES_PER_WINDOW = 2 * 1024 * 1024;
/** Requests whose sender was verified: too old, or more than their source may send. Others are not parsed. */
const AUTHENTIC: ReadonlySet<string> = new Set<Refusal["reason"]>(["stale", "over_ceiling"]);
/**
 * How much of a rejected body is stored. An authentic body is stored whole: it may be the only copy. When many are rejected,
 * record_rejections shortens the others to 1 KiB.
 */
export const KEPT_BYTES = 64 * 1024;
/** The sender gets the rejection whether or not it is recorded: a slow database must not delay it further. */
const LONGEST_WAIT_MS = 1_000;

/** What is known of a body that was not read to its end. */
export interface Extent {
  /** The bytes that were read, of which at least the first 64 KiB are kept. */
  read: number;
  /** Of the bytes that were read, in hex. */
  sha256: string;
  /** The size that the request announced. */
  declared?: number;
}

export interface Refusal {
  reason: RefusalReason | "too_large" | "not_configured" | "wrong_address" | "over_ceiling";
  detail: string;
  status: number;
  requestId: string;
  /** The source that its URL belongs to. */
  source?: Source;
  /** Default: the body of the request is all of it. */
  extent?: Extent;
}

/** The provider of the request, and which of its parts are secret. */
type Sender = Pick<Provider, "slug" | "secretHeaders" | "secretFields">;

interface Window {
  samples: RejectionSample[];
  bytes: number;
  counts: Map<string, RejectionCount>;
  flushed: Promise<void>;
}

interface Known {
  source_id: number | null;
  organisation_id: string | null;
  event_key: string | null;
}

const state = processSingleton("rejections", () => ({
  current: undefined as Window | undefined,
  /** Keys (provider and reason) whose samples of this hour are complete, and until when that is assumed. */
  full: new Map<string, number>(),
}));

/** Counts a rejected request and stores it as a sample. Resolves when that is stored, or after a second; never throws. */
export async function recordRejection(provider: Sender, request: RawRequest, refusal: Refusal): Promise<void> {
  const isKept = !isFull(provider.slug, refusal.reason);
  const known = await knownOf(provider, request, refusal);
  state.current ??= openWindow(isKept ? WINDOW_MS : COUNTING_WINDOW_MS);
  const window = state.current;
  if (isKept) keep(window, provider, request, refusal, known);
  count(window, { provider: provider.slug, reason: refusal.reason, organisation_id: known.organisation_id });
  let late: NodeJS.Timeout | undefined;
  const patience = new Promise((resolve) => {
    late = setTimeout(resolve, LONGEST_WAIT_MS).unref();
  });
  await Promise.race([window.flushed, patience]);
  clearTimeout(late);
}

/** Counts a rejected request, and keeps nothing of it: for those that are not read. */
export function countRejection(provider: string, reason: "rate_limited"): void {
  state.current ??= openWindow(COUNTING_WINDOW_MS);
  count(state.current, { provider, reason, organisation_id: null });
}

/** Adds a sample unless the window is full. */
function keep(window: Window, provider: Sender, request: RawRequest, refusal: Refusal, known: Known): void {
  const kept = AUTHENTIC.has(refusal.reason) ? request.body : request.body.subarray(0, KEPT_BYTES);
  const fits = window.samples.length === 0 || window.bytes + kept.length <= SAMPLE_BYTES_PER_WINDOW;
  if (window.samples.length < SAMPLES_PER_WINDOW && fits) {
    window.bytes += kept.length;
    window.samples.push({ ...sample(provider, request, refusal, kept), ...known });
  }
}

function count(window: Window, whose: Omit<RejectionCount, "count">): void {
  const key = JSON.stringify(whose);
  const counted = window.counts.get(key);
  if (counted) counted.count += 1;
  else window.counts.set(key, { ...whose, count: 1 });
}

function openWindow(milliseconds: number): Window {
  const window: Window = {
    samples: [],
    bytes: 0,
    counts: new Map(),
    flushed: new Promise((resolve) => setTimeout(resolve, milliseconds)).then(async () => {
      state.current = undefined;
      await flush(window);
    }) as Promise<void>,
  };
  return window;
}

async function flush(window: Window): Promise<void> {
  try {
    const p_counts = [...window.counts.values()];
    const full = await call("door", "record_rejections", { p_samples: window.samples, p_counts });
    for (const { provider, reason } of full) state.full.set(`${provider} ${reason}`, performance.now() + FULL_MS);
  } catch (error) {
    logError("rejections_lost", error, { samples: window.samples.length });
  }
}

function isFull(provider: string, reason: string): boolean {
  return performance.now() < (state.full.get(`${provider} ${reason}`) ?? 0);
}

/** The identity, as far as it can be trusted: what the URL is bound to, and what an authentic request says itself. */
async function knownOf(sender: Sender, request: RawRequest, { reason, source }: Refusal): Promise<Known> {
  const bound = { source_id: source?.id ?? null, organisation_id: source?.organisationId ?? null, event_key: null };
  const provider = AUTHENTIC.has(reason) ? findProvider(sender.slug) : undefined;
  return provider ? { ...bound, ...(await nameOf(provider, request as VerifiedRequest, source)) } : bound;
}

function sample(provider: Sender, request: RawRequest, refusal: Refusal, kept: Buffer) {
  const tokens = spellingsOfToken(request.path);
  const { extent } = refusal;
  return {
    provider: provider.slug,
    reason: refusal.reason,
    detail: refusal.detail,
    status_code: refusal.status,
    method: request.method,
    path: shownPath(request.path),
    headers: redactHeaders(request.headers, provider, tokens),
    body: maskSecrets(kept, provider, tokens).toString("base64"),
    body_size: extent ? Math.max(extent.declared ?? 0, extent.read) : request.body.length,
    body_read: extent?.read ?? request.body.length,
    body_sha256: extent?.sha256 ?? createHash("sha256").update(request.body).digest("hex"),
    request_id: refusal.requestId,
  };
}
