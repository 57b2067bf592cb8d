/** People make, change, rotate, switch and delete destinations. Secrets are made here, shown once, and stored encrypted. */

import { randomBytes } from "node:crypto";
import type { z } from "zod";
import type { createDestinationRequest, updateDestinationRequest } from "@/lib/contract/api/destinations";
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

/** Why SQL does not change one, as it is said to the caller. */
const REFUSED = {
  not_found: "no_such_destination",
  not_managed: "not_managed",
  not_possible: "no_endpoint",
  masked_url: "masked_url",
  changed_meanwhile: "changed_meanwhile",
} as const;

type Changed = Answers["update_destination"];
type Stored = Extract<Changed, { result: "done" }>["destination"];

/** Makes a destination. Answers its number, and the secret that will not be seen again. */
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
 * Changes fields. Answers with a secret when the URL leads to another host: then it has a new one, which is seen this once,
 * and has lost the headers that were not given anew. `seen`: the updated_at the caller looked at.
 */
export async function updateDestination(
  id: number,
  { changes, seen }: { changes: z.infer<typeof updateDestinationRequest>; seen: string | null },
  by: ActorContext,
): Promise<{ secret: string | null }> {
  const { slug } = await getSealedDestination(id, by.actor);
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
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  logAction("update", printId("destination", id), answer.result, by);
  doneOr(answer, by);
  return { secret: "new_secret" in answer && answer.new_secret ? secret : null };
}

/** Gives it a new secret; the one before it signs, too, while the overlap lasts. */
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

/** Deletes it: what waits for it is cancelled; events and deliveries of before stay in the history. */
export async function deleteDestination(id: number, by: ActorContext): Promise<void> {
  const answer = await call("console", "archive_destination", {
    p_id: id,
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  logAction("delete", printId("destination", id), answer.result, by);
  doneOr(answer, by);
}

/** Holds what comes for it. Done when it is so already. */
export function pauseDestination(id: number, by: ActorContext): Promise<void> {
  return switchDestination(id, "pause", by);
}

/** Releases what a pause held, in order and at its rate. Done when it is so already. */
export function resumeDestination(id: number, by: ActorContext): Promise<void> {
  return switchDestination(id, "resume", by);
}

/** Takes up again what was disabled. Done when it is so already. */
export function enableDestination(id: number, by: ActorContext): Promise<void> {
  return switchDestination(id, "enable", by);
}

/** Sends nothing more there until it is enabled. Done when it is so already. */
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

/** What was done. Throws what was refused. */
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

/** Only what is stored can stay as it is. */
function requireNoMask({ url, headers }: { url: string; headers: Record<string, string> }): void {
  if (url.includes(MASK)) throw new Refusal("masked_url");
  const masked = Object.keys(headers).find((name) => headers[name] === MASK);
  if (masked === undefined) return;
  throw new Refusal("masked_header", { name: masked });
}

/** The URL in its one spelling, without a fragment, which is never sent. */
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

function logAction(step: string, id: string, decision: string, { actor, requestId }: ActorContext): void {
  log("destination", { request_id: requestId, destination_id: id, actor: actor.id, step, decision });
}
