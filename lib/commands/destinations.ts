/**
 * Creating, changing, rotating, switching and deleting destinations. Secrets are made here, shown once, and stored
 * encrypted.
 */

import { randomBytes } from "node:crypto";
import type { z } from "zod";
import type { createDestinationRequest, updateDestinationRequest } from "@/lib/contract/api/destination-requests";
import { MASK } from "@/lib/contract/destinations";
import { numberInId, printId } from "@/lib/contract/ids";
import { type Answers, call } from "@/lib/db/client";
import { checkDestinationUrl, checkHeaders } from "@/lib/destinations/policy";
import { canEncrypt, newSigningSecret, sealHeaders, sealSecret } from "@/lib/destinations/secrets";
import { environment } from "@/lib/env";
import { log } from "@/lib/log";
import { findProvider } from "@/lib/providers";
import { getSealedDestination } from "@/lib/queries/destinations";
import { Refusal } from "@/lib/refusals";
import { beyondScope, scopeOf } from "@/lib/scope";
import { type ActorContext, byArguments } from "./actor";

/** Refusals of SQL, as the refusals that the caller gets. */
const REFUSED = {
  not_found: "no_such_destination",
  not_managed: "not_managed",
  not_possible: "no_endpoint",
  masked_url: "masked_url",
  changed_meanwhile: "changed_meanwhile",
} as const;

type Changed = Answers["update_destination"];
type Stored = Extract<Changed, { result: "done" }>["destination"];

/** Makes a destination. Returns its number, and the secret, which is shown only this once. */
export async function createDestination(
  asked: z.infer<typeof createDestinationRequest>,
  by: ActorContext,
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
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  const { id } = doneOr(made, by);
  logAction("create", id, "done", by);
  return { id: numberInId(id), secret };
}

/**
 * Changes fields. When the URL leads to another host, the destination gets a new secret, which is returned only here, and
 * loses the headers that the request does not set. `seen`: the updated_at that the caller saw.
 */
export async function updateDestination(
  id: number,
  { changes, seen }: { changes: z.infer<typeof updateDestinationRequest>; seen: string | null },
  by: ActorContext,
): Promise<{ secret: string | null }> {
  const { slug } = await getSealedDestination(id, by.actor);
  if (changes.url !== undefined || changes.headers !== undefined) requireKey();
  if (changes.providers) requireProviders(changes.providers);
  // A masked URL is not normalised, because it is compared with the stored one as it is.
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
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  logAction("update", printId("destination", id), answer.result, by);
  doneOr(answer, by);
  return { secret: "new_secret" in answer && answer.new_secret ? secret : null };
}

/** Gives it a new secret; the previous one signs as well until the overlap has passed. */
export async function rotateDestinationSecret(id: number, overlapHours: number, by: ActorContext): Promise<string> {
  requireKey();
  const { slug } = await getSealedDestination(id, by.actor);
  const secret = newSigningSecret();
  const answer = await call("console", "rotate_destination_secret", {
    p_id: id,
    p_secret: sealSecret(slug, secret),
    p_overlap_hours: overlapHours,
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  logAction("rotate_secret", printId("destination", id), answer.result, by);
  doneOr(answer, by);
  return secret;
}

/** Deletes it: waiting deliveries are cancelled; earlier events and deliveries remain in the history. */
export async function deleteDestination(id: number, by: ActorContext): Promise<void> {
  const answer = await call("console", "archive_destination", {
    p_id: id,
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  logAction("delete", printId("destination", id), answer.result, by);
  doneOr(answer, by);
}

/** Holds its deliveries. Succeeds when it is paused already. */
export function pauseDestination(id: number, by: ActorContext): Promise<void> {
  return switchDestination(id, "pause", by);
}

/** Releases the held deliveries, in order and at its rate. Succeeds when it is not paused. */
export function resumeDestination(id: number, by: ActorContext): Promise<void> {
  return switchDestination(id, "resume", by);
}

/** Enables a disabled destination. Succeeds when it is enabled already. */
export function enableDestination(id: number, by: ActorContext): Promise<void> {
  return switchDestination(id, "enable", by);
}

/** Stops deliveries until it is enabled. Succeeds when it is disabled already. */
export function disableDestination(id: number, because: string | undefined, by: ActorContext): Promise<void> {
  return switchDestination(id, "disable", by, because);
}

async function switchDestination(
  id: number,
  action: "pause" | "resume" | "enable" | "disable",
  by: ActorContext,
  because?: string,
): Promise<void> {
  const who = { p_id: id, ...scopeOf(by.actor), ...byArguments(by) };
  const answer =
    action === "disable"
      ? await call("console", "disable_destination", { ...who, p_because: because ?? null })
      : await call("console", `${action}_destination`, who);
  logAction(action, printId("destination", id), answer.result, by);
  doneOr(answer, by);
}

/** The changed destination. Throws the refusal when there is none. */
function doneOr(answer: Changed, { actor }: ActorContext): Stored {
  if (answer.result === "done") return answer.destination;
  if (answer.result === "beyond_scope") throw beyondScope(actor, "organisation_id");
  throw new Refusal(REFUSED[answer.result]);
}

function requireKey(): void {
  if (canEncrypt()) return;
  throw new Refusal("no_encryption_key");
}

function requireProviders(slugs: readonly string[]): void {
  const unknown = slugs.find((slug) => slug !== "*" && !findProvider(slug));
  if (unknown === undefined) return;
  throw new Refusal("unknown_destination_provider", { slug: unknown });
}

/** A mask means "unchanged", so it needs a stored value. */
function requireNoMask({ url, headers }: { url: string; headers: Record<string, string> }): void {
  if (url.includes(MASK)) throw new Refusal("masked_url");
  const masked = Object.keys(headers).find((name) => headers[name] === MASK);
  if (masked === undefined) return;
  throw new Refusal("masked_header", { name: masked });
}

/** The URL in its normal form, without a fragment, which is never sent. */
async function requireUrl(given: string): Promise<string> {
  const { EGRESS_ALLOW_PRIVATE } = environment();
  const problem = await checkDestinationUrl(given, EGRESS_ALLOW_PRIVATE);
  if (problem) throw new Refusal("bad_url", problem);
  const url = new URL(given);
  url.hash = "";
  return url.href;
}

function requireHeaders(headers: Record<string, string>): void {
  const shown = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value === MASK ? "" : value]));
  const problem = checkHeaders(shown);
  if (problem) throw new Refusal("bad_headers", problem);
}

/** The name and six characters that make it unique. It never changes, because secrets are bound to it. */
function slugFor(name: string): string {
  const words = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+/, "")
    .slice(0, 50);
  return `${words || "destination"}-${randomBytes(3).toString("hex")}`.replace(/-{2,}/g, "-");
}

function logAction(step: string, id: string, decision: string, { actor, requestId }: ActorContext): void {
  log("destination", { request_id: requestId, destination_id: id, actor: actor.id, step, decision });
}
