/**
 * People make, change, rotate, test and delete destinations. Secrets are made here, shown once, and stored encrypted.
 * Long because it is one verb after the other, and they share what they refuse.
 */

import { randomBytes } from "node:crypto";
import type { z } from "zod";
import type { createDestinationRequest, updateDestinationRequest } from "@/lib/contract/api/destinations";
import { type EndpointTest, MASK } from "@/lib/contract/destinations";
import { numberInId, parseId, printId } from "@/lib/contract/ids";
import { type Answers, call } from "@/lib/db/client";
import type { DestinationRefusal, SealedDestination } from "@/lib/db/functions/people";
import { ConfigurationError, environment } from "@/lib/env";
import { Problem, type ProblemInit } from "@/lib/errors";
import { log } from "@/lib/log";
import { findProvider } from "@/lib/providers";
import { beyondScope, type Scoped, scopeOf } from "@/lib/scope";
import { checkDestinationUrl, checkHeaders } from "./policy";
import { canEncrypt, newSigningSecret, openHeaders, sealHeaders, sealSecret, secretsOf } from "./secrets";
import { testEndpoint } from "./test-endpoint";

export interface Operator {
  actor: { id: string; name: string } & Scoped;
  requestId: string;
}

type Changed = Answers["update_destination"];
type Stored = Extract<Changed, { result: "done" }>["destination"];

/** Makes a destination. Answers its number, and the secret that will not be seen again. */
export async function createDestination(
  asked: z.infer<typeof createDestinationRequest>,
  operator: Operator,
): Promise<{ id: number; secret: string }> {
  requireKey();
  requireProviders(asked.providers);
  requireNoMask(asked);
  const url = await requireUrl(asked.url);
  requireHeaders(asked.headers);
  const slug = slugFor(asked.name);
  const secret = newSigningSecret();
  const made = await call("console", "create_destination", {
    p_destination: { ...asked, slug, url, headers: sealHeaders(slug, asked.headers), secret: sealSecret(slug, secret) },
    ...signed(operator),
  });
  const { id } = doneOr(made, operator);
  logAction("create", id, "done", operator);
  return { id: numberInId(id), secret };
}

/**
 * Changes fields. Answers with a secret when the URL leads to another host: then it has a new one, which is seen this once,
 * and has lost the headers that were not given anew. `seen`: the updated_at the caller looked at.
 */
export async function updateDestination(
  id: number,
  changes: z.infer<typeof updateDestinationRequest>,
  seen: string | null,
  operator: Operator,
): Promise<{ secret: string | null }> {
  const { slug } = await readSealed(id, operator.actor);
  if (changes.url !== undefined || changes.headers !== undefined) requireKey();
  if (changes.providers) requireProviders(changes.providers);
  // A masked URL is compared with the stored one as it is.
  const url = changes.url?.includes(MASK) ? changes.url : changes.url && (await requireUrl(changes.url));
  const kept = Object.entries(changes.headers ?? {}).filter(([, value]) => value === MASK);
  const given = Object.fromEntries(Object.entries(changes.headers ?? {}).filter(([, value]) => value !== MASK));
  requireHeaders({ ...changes.headers, ...given });
  const secret = newSigningSecret();
  const answer = await call("console", "update_destination", {
    p_id: id,
    p_changes: {
      ...changes,
      ...(url !== undefined && { url }),
      ...(changes.headers && {
        headers: { ...sealHeaders(slug, given), ...Object.fromEntries(kept.map(([name]) => [name, null])) },
      }),
    },
    p_secret: url === undefined ? null : sealSecret(slug, secret),
    p_seen: seen,
    ...signed(operator),
  });
  logAction("update", printId("destination", id), answer.result, operator);
  doneOr(answer, operator);
  return { secret: "new_secret" in answer && answer.new_secret ? secret : null };
}

/** Gives it a new secret; the one before it signs, too, while the overlap lasts. */
export async function rotateSecret(id: number, overlapHours: number, operator: Operator): Promise<string> {
  requireKey();
  const { slug } = await readSealed(id, operator.actor);
  const secret = newSigningSecret();
  const answer = await call("console", "rotate_destination_secret", {
    p_id: id,
    p_secret: sealSecret(slug, secret),
    p_overlap_hours: overlapHours,
    ...signed(operator),
  });
  logAction("rotate_secret", printId("destination", id), answer.result, operator);
  doneOr(answer, operator);
  return secret;
}

/** Deletes it: what waits for it is cancelled; events and deliveries of before stay in the history. */
export async function archiveDestination(id: number, operator: Operator): Promise<void> {
  const answer = await call("console", "archive_destination", { p_id: id, ...signed(operator) });
  logAction("archive", printId("destination", id), answer.result, operator);
  doneOr(answer, operator);
}

/** Pauses, resumes, enables or disables; done when it is so already. `because` is for disabling. */
export async function steerDestination(
  id: number,
  action: "pause" | "resume" | "enable" | "disable",
  operator: Operator,
  because: string | null = null,
): Promise<void> {
  const who = { p_id: id, ...signed(operator) };
  const answer =
    action === "disable"
      ? await call("console", "disable_destination", { ...who, p_because: because })
      : await call("console", `${action}_destination`, who);
  logAction(action, printId("destination", id), answer.result, operator);
  doneOr(answer, operator);
}

/** Why a circuit could not be tried now. */
type NotTried = Exclude<Answers["try_destination_now"]["result"], "done">;

/**
 * Lets the next waiting delivery of an open circuit out at once. `all`: those that wait for their retry follow it as soon as
 * it succeeds. Of two callers at the same moment, one is told that a delivery is out already.
 */
export async function tryDestinationNow(id: number, all: boolean, operator: Operator): Promise<void> {
  const answer = await call("console", "try_destination_now", { p_id: id, p_all: all, ...signed(operator) });
  logAction("try_now", printId("destination", id), answer.result, operator);
  if (answer.result === "done") return;
  if (answer.result === "not_found" || answer.result === "not_possible") throw new Problem(REFUSALS[answer.result]);
  const until = answer.until === null ? "" : ` Deliveries go on at ${answer.until}.`;
  throw new Problem({
    status: 409,
    title: NOT_TRIED[answer.result].title,
    detail: NOT_TRIED[answer.result].detail + until,
  });
}

const NOT_TRIED: Record<Exclude<NotTried, "not_found" | "not_possible">, { title: string; detail: string }> = {
  disabled: { title: "This destination is disabled.", detail: "Enable it: held events are then delivered." },
  paused: { title: "This destination is paused.", detail: "Resume it: held events are then delivered." },
  throttled: { title: "The endpoint asked for a pause.", detail: "Deliveries continue when the pause ends." },
  closed: { title: "The circuit of this destination is closed.", detail: "Deliveries are sent as they are due." },
  trying: {
    title: "A test delivery is under way.",
    detail: "The others follow when it succeeds. Wait for its result.",
  },
};

/** Sends a signed test to its URL, as it would be delivered to. No event is made. */
export async function testDestination(sealed: SealedDestination, payload: unknown): Promise<EndpointTest> {
  if (sealed.url === null) throw new Problem(NO_ENDPOINT);
  return testEndpoint({ url: sealed.url, payload, ...opened(sealed), timeoutMs: sealed.timeout_ms });
}

function opened(sealed: SealedDestination) {
  try {
    return { headers: openHeaders(sealed), secrets: secretsOf(sealed, environment()) };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new Problem({ status: 503, title: "Its secrets cannot be read.", detail: error.message });
  }
}

/** `ds_12` or `12` as a number. Throws a 404 `Problem` for anything else. */
export function destinationNumber(id: unknown): number {
  const number = parseId("destination", String(id));
  if (number === undefined) throw new Problem(REFUSALS.not_found);
  return number;
}

/** A destination with its ciphertexts. Throws a 404 `Problem` when there is none for the asker. */
export async function readSealed(id: number, asker: Scoped): Promise<SealedDestination> {
  const sealed = await call("console", "get_sealed_destination", {
    p_id: id,
    ...scopeOf(asker),
  });
  if (!sealed) throw new Problem(REFUSALS.not_found);
  return sealed;
}

export const NO_ENDPOINT: ProblemInit = {
  status: 409,
  title: "This destination has no endpoint.",
  detail: "Its events become rows here, so there is nothing to send.",
};

export const REFUSALS: Record<DestinationRefusal, ProblemInit> = {
  not_found: { status: 404, title: "There is no such destination.", detail: "Ids look like ds_123." },
  not_managed: {
    status: 409,
    title: "This destination comes from the configuration.",
    detail: "Change it there; here it can be paused, disabled and tested.",
  },
  not_possible: NO_ENDPOINT,
  masked_url: {
    status: 400,
    title: "The value of url is not valid.",
    detail: `Write out what is hidden behind ${MASK}, or leave the URL as it was.`,
    field: "url",
  },
  changed_meanwhile: {
    status: 412,
    title: "This destination was changed after you loaded it.",
    detail: "Reload it, then change it.",
  },
};

/** What was done; a refusal as a `Problem`. */
function doneOr(answer: Changed, { actor }: Operator): Stored {
  if (answer.result === "done") return answer.destination;
  if (answer.result === "beyond_scope") throw beyondScope(actor, "organisation_id");
  throw new Problem(REFUSALS[answer.result]);
}

function requireKey(): void {
  if (canEncrypt()) return;
  throw new Problem({
    status: 503,
    title: "Destinations cannot be changed here: ENCRYPTION_KEY is not set.",
    detail: "It encrypts their secrets. An operator makes one with `openssl rand -base64 32` and starts Redrive again.",
  });
}

function requireProviders(slugs: readonly string[]): void {
  const unknown = slugs.find((slug) => slug !== "*" && !findProvider(slug));
  if (unknown === undefined) return;
  throw new Problem({
    status: 400,
    title: "The value of providers is not valid.",
    detail: `No provider is called "${unknown}".`,
    field: "providers",
  });
}

/** Only what is stored can stay as it is. */
function requireNoMask({ url, headers }: { url: string; headers: Record<string, string> }): void {
  if (url.includes(MASK)) throw new Problem(REFUSALS.masked_url);
  const masked = Object.keys(headers).find((name) => headers[name] === MASK);
  if (masked === undefined) return;
  throw new Problem({
    status: 400,
    title: "The value of headers is not valid.",
    detail: `Write out the value of ${masked}.`,
    field: "headers",
  });
}

/** The URL in its one spelling, without a fragment, which is never sent. */
async function requireUrl(given: string): Promise<string> {
  const { EGRESS_ALLOW_PRIVATE } = environment();
  const problem = await checkDestinationUrl(given, EGRESS_ALLOW_PRIVATE);
  if (problem) throw new Problem({ status: 400, field: "url", ...problem });
  const url = new URL(given);
  url.hash = "";
  return url.href;
}

function requireHeaders(headers: Record<string, string>): void {
  const shown = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value === MASK ? "" : value]));
  const problem = checkHeaders(shown);
  if (problem) throw new Problem({ status: 400, field: "headers", ...problem });
}

/** From its name, and six characters that make it the only one. It never changes: secrets are bound to it. */
function slugFor(name: string): string {
  const words = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+/, "")
    .slice(0, 50);
  return `${words || "destination"}-${randomBytes(3).toString("hex")}`.replace(/-{2,}/g, "-");
}

function signed({ actor, requestId }: Operator) {
  return { ...scopeOf(actor), p_actor: actor.name, p_actor_id: actor.id, p_request_id: requestId };
}

function logAction(step: string, id: string, decision: string, { actor, requestId }: Operator): void {
  log("destination", { request_id: requestId, destination_id: id, actor: actor.id, step, decision });
}
