/**
 * reject: requests refused at the door are kept as evidence, never as events. A flood of garbage costs one statement per
 * window and a bounded number of samples, however many requests it has.
 */
import { createHash } from "node:crypto";
import { call } from "@/lib/db/client";
import { logError } from "@/lib/log";
import { processSingleton } from "@/lib/process-singleton";
import { findProvider } from "@/lib/providers";
import type { Provider, RawRequest, RefusalReason, Source, VerifiedRequest } from "@/lib/providers/provider";
import { redactHeaders } from "@/lib/providers/redact";
import { nameOf } from "./event-row";
import { maskSecrets } from "./mask";
import { shownPath, spellingsOfToken } from "./webhook-path";

const WINDOW_MS = 50;
/** Where nothing more is kept, only counted: a flood's answers wait this long, and cost a statement so often. */
const COUNTING_WINDOW_MS = 250;
/** After so long the database is asked again whether it keeps more. */
const FULL_MS = 10_000;
const SAMPLES_PER_WINDOW = 20;
/** Also bounded by what they hold: a stale body is kept whole. The first of a window always fits. */
const SAMPLE_BYTES_PER_WINDOW = 2 * 1024 * 1024;
/** How much of a refused body is kept. An authentic but stale one is kept whole: it may be the only copy. */
const KEPT_BYTES = 1024;
/** The refusal is the answer, recorded or not: a slow database must not slow it further. */
const LONGEST_WAIT_MS = 1_000;

export interface Refusal {
  reason: RefusalReason | "too_large" | "not_configured" | "wrong_address";
  detail: string;
  status: number;
  requestId: string;
  /** The source its URL belongs to. */
  source?: Source;
}

/** Whose request it was, and what of it is secret. */
type Sender = Pick<Provider, "slug" | "secretHeaders" | "secretFields">;

interface Window {
  samples: Record<string, unknown>[];
  bytes: number;
  counts: Map<string, Count>;
  flushed: Promise<void>;
}

interface Known {
  source_id: number | null;
  organisation_id: string | null;
  event_key: string | null;
}

interface Count {
  provider: string;
  reason: string;
  organisation_id: string | null;
  count: number;
}

const state = processSingleton("rejections", () => ({
  current: undefined as Window | undefined,
  /** Of which (provider and reason) the hour's samples are kept already, and until when that is taken for granted. */
  full: new Map<string, number>(),
}));

/** Counts a refused request and keeps it as a sample. Resolves when that is stored, or after a second; never throws. */
export async function recordRejection(provider: Sender, request: RawRequest, refusal: Refusal): Promise<void> {
  const isKept = !isFull(provider.slug, refusal.reason);
  state.current ??= openWindow(isKept ? WINDOW_MS : COUNTING_WINDOW_MS);
  const window = state.current;
  const known = knownOf(provider, request, refusal);
  if (isKept) keep(window, provider, request, refusal, known);
  count(window, { provider: provider.slug, reason: refusal.reason, organisation_id: known.organisation_id });
  let late: NodeJS.Timeout | undefined;
  const patience = new Promise((resolve) => {
    late = setTimeout(resolve, LONGEST_WAIT_MS).unref();
  });
  await Promise.race([window.flushed, patience]);
  clearTimeout(late);
}

/** Adds a sample while the window takes more. */
function keep(window: Window, provider: Sender, request: RawRequest, refusal: Refusal, known: Known): void {
  const kept = refusal.reason === "stale" ? request.body : request.body.subarray(0, KEPT_BYTES);
  const fits = window.samples.length === 0 || window.bytes + kept.length <= SAMPLE_BYTES_PER_WINDOW;
  if (window.samples.length < SAMPLES_PER_WINDOW && fits) {
    window.bytes += kept.length;
    window.samples.push({ ...sample(provider, request, refusal, kept), ...known });
  }
}

function count(window: Window, whose: Omit<Count, "count">): void {
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
    const full = await call<{ provider: string; reason: string }[]>("door", "record_rejections", {
      p_samples: window.samples as never,
      p_counts: p_counts as never,
    });
    for (const { provider, reason } of full) state.full.set(`${provider} ${reason}`, performance.now() + FULL_MS);
  } catch (error) {
    logError("rejections_lost", error, { samples: window.samples.length });
  }
}

function isFull(provider: string, reason: string): boolean {
  return performance.now() < (state.full.get(`${provider} ${reason}`) ?? 0);
}

/** Whose it was, as far as that can be believed: what its URL is bound to, and what an authentic request says itself. */
function knownOf(sender: Sender, request: RawRequest, { reason, source }: Refusal): Known {
  const bound = { source_id: source?.id ?? null, organisation_id: source?.organisationId ?? null, event_key: null };
  // Its signature was right, only its time was not: nothing else that is refused is read.
  const provider = reason === "stale" ? findProvider(sender.slug) : undefined;
  return provider ? { ...bound, ...nameOf(provider, request as VerifiedRequest, source) } : bound;
}

function sample(provider: Sender, request: RawRequest, refusal: Refusal, kept: Buffer): Record<string, unknown> {
  const tokens = spellingsOfToken(request.path);
  return {
    provider: provider.slug,
    reason: refusal.reason,
    detail: refusal.detail,
    status_code: refusal.status,
    method: request.method,
    path: shownPath(request.path),
    headers: redactHeaders(request.headers, provider, tokens),
    body: maskSecrets(kept, provider, null, tokens).toString("base64"),
    body_size: request.body.length,
    body_sha256: createHash("sha256").update(request.body).digest("hex"),
    request_id: refusal.requestId,
  };
}
