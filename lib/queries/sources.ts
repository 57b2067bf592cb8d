/** Sources as people read and change them. A token is made here, leaves in one answer, and is kept as its hash only. */

import { randomBytes } from "node:crypto";
import type { Actor } from "@/lib/auth/permissions";
import { parseId } from "@/lib/contract/ids";
import type { Source, SourceProvider, SourceWithUrl, WrongAddress } from "@/lib/contract/sources";
import { type Answers, call } from "@/lib/db/client";
import type { SourcesOfProvider } from "@/lib/db/functions/reads";
import { secretsFrom } from "@/lib/env";
import { Problem } from "@/lib/errors";
import { sampleOf } from "@/lib/pipeline/sample";
import { forgetSources, hashOf } from "@/lib/pipeline/source-tokens";
import { UNKNOWN_SENDER } from "@/lib/pipeline/wrong-address";
import { findProvider, senders } from "@/lib/providers";
import type { Provider } from "@/lib/providers/provider";
import { beyondScope, type Scoped, scopeOf } from "@/lib/scope";

const TOKEN_BYTES = 32;
const HINT_LENGTH = 4;

/** Who changes something, from where, and what a URL of ours begins with for them, such as `https://desk.example`. */
export interface Change {
  actor: Pick<Actor, "id" | "name" | "organisations">;
  requestId: string;
  origin: string;
}

export interface SourceFields {
  name?: string;
  organisation_id?: string | null;
  company_id?: string | null;
  settings?: Record<string, string>;
  enabled?: boolean;
}

type Stored = NonNullable<Answers["get_source"]>;
type Refused = { refused: "beyond_scope" };

/** Every provider with its default door, what came there lately, and its sources. */
export async function listSources(origin: string, asker: Scoped): Promise<SourceProvider[]> {
  const seen = await call("console", "list_sources", {
    p_providers: slugs(),
    ...scopeOf(asker),
  });
  return senders.map((provider) => {
    const { sources, ...rest } = seen[provider.slug] as SourcesOfProvider;
    return {
      provider: provider.slug,
      label: provider.label,
      scheme: provider.scheme,
      setup: provider.setup ?? "",
      secrets_variable: provider.secretsVariable,
      secrets: secretsFrom(provider.secretsVariable).length,
      token_in_url: provider.tokenInUrl ?? false,
      allows_unsigned:
        provider.allowUnsignedVariable !== undefined && process.env[provider.allowUnsignedVariable] === "1",
      url: urlOf(origin, provider.slug, provider.tokenInUrl ? "{token}" : undefined),
      settings: { ...provider.settings },
      sample: sampleOf(provider.slug),
      ...rest,
      sources: sources.map((source) => withMaskedUrl(source, origin)),
    };
  });
}

/** Where webhooks went that no endpoint got, within a day. */
export function listWrongAddresses(asker: Scoped): Promise<WrongAddress[]> {
  return call("console", "list_wrong_addresses", {
    p_senders: [...slugs(), UNKNOWN_SENDER],
    ...scopeOf(asker),
  });
}

const slugs = () => senders.map(({ slug }) => slug);

/** Makes a source with a new URL. Throws a `Problem` for an unknown provider or setting. */
export async function createSource(
  { provider: slug, ...fields }: SourceFields & { provider: string; name: string },
  change: Change,
): Promise<SourceWithUrl> {
  const provider = findProvider(slug);
  if (!provider || provider.published) {
    const detail = `Known providers: ${slugs().join(", ")}.`;
    throw new Problem({ status: 400, title: `No provider is called "${slug}".`, detail, field: "provider" });
  }
  checkSettings(provider, fields.settings);
  const token = newToken();
  const stored = await call("console", "create_source", {
    p_source: { provider: slug, ...fields, token_hash: hashOf(token), token_hint: token.slice(-HINT_LENGTH) },
    ...whoOf(change),
  });
  forgetSources();
  return withFullUrl(accepted(stored, change), token, change.origin);
}

/** Changes what the fields name. Throws a `Problem`: 404 when there is no such source, 400 for an unknown setting. */
export async function updateSource(id: string, fields: SourceFields, change: Change): Promise<Source> {
  if (fields.settings) checkSettings(findProvider((await findStored(id, change.actor)).provider), fields.settings);
  const stored = await call("console", "update_source", {
    p_id: numberOf(id),
    p_change: { ...fields },
    ...whoOf(change),
  });
  forgetSources();
  return withMaskedUrl(accepted(stored ?? missing(), change), change.origin);
}

/** Gives it a new URL; the one before works for `overlapHours` more. Throws a 404 `Problem` when there is no such source. */
export async function rotateSource(id: string, overlapHours: number, change: Change): Promise<SourceWithUrl> {
  const token = newToken();
  const stored = await call("console", "rotate_source", {
    p_id: numberOf(id),
    p_token_hash: hashOf(token),
    p_token_hint: token.slice(-HINT_LENGTH),
    p_overlap_seconds: Math.round(overlapHours * 3600),
    ...whoOf(change),
  });
  forgetSources();
  return withFullUrl(stored ?? missing(), token, change.origin);
}

/** Closes it for good; its events stay. Throws a 404 `Problem` when there is no such source. */
export async function deleteSource(id: string, change: Change): Promise<void> {
  const found = await call("console", "delete_source", { p_id: numberOf(id), ...whoOf(change) });
  forgetSources();
  if (!found) missing();
}

async function findStored(id: string, asker: Scoped): Promise<Stored> {
  return (await call("console", "get_source", { p_id: numberOf(id), ...scopeOf(asker) })) ?? missing();
}

function accepted(answer: Stored | Refused, { actor }: Change): Stored {
  if ("refused" in answer) throw beyondScope(actor, "organisation_id");
  return answer;
}

function checkSettings(provider: Provider | undefined, settings: Record<string, string> = {}): void {
  const known = Object.keys(provider?.settings ?? {});
  const unknown = Object.keys(settings).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new Problem({
    status: 400,
    title: `${provider?.label ?? "This provider"} has no setting "${unknown}".`,
    detail: known.length > 0 ? `It has ${known.join(", ")}.` : "It has none.",
    field: `settings.${unknown}`,
  });
}

function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString("base64url");
}

function numberOf(id: string): number {
  return parseId("source", id) ?? missing();
}

function missing(): never {
  throw new Problem({ status: 404, title: "There is no such source.", detail: "Ids look like so_123." });
}

function whoOf({ actor, requestId }: Change) {
  return { ...scopeOf(actor), p_actor: actor.name, p_actor_id: actor.id, p_request_id: requestId };
}

function withMaskedUrl(source: Stored, origin: string): Source {
  return { ...source, url: urlOf(origin, source.provider, `****${source.token_hint}`) };
}

function withFullUrl(source: Stored, token: string, origin: string): SourceWithUrl {
  return { ...withMaskedUrl(source, origin), full_url: urlOf(origin, source.provider, token) };
}

function urlOf(origin: string, slug: string, token?: string): string {
  return `${origin}/api/webhooks/${slug}${token === undefined ? "" : `/${token}`}`;
}
