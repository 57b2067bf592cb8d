/** Reads of sources, for pages and APIs. */

import { parseId } from "@/lib/contract/ids";
import type { Source, SourceProvider, SourceWithUrl, WrongAddress } from "@/lib/contract/sources";
import { call } from "@/lib/db/client";
import type { SourcesOfProvider } from "@/lib/db/functions/reads";
import { secretsFrom } from "@/lib/env";
import { UNKNOWN_SENDER } from "@/lib/pipeline/wrong-address";
import { senders } from "@/lib/providers";
import { Refusal } from "@/lib/refusals";
import { type Scoped, scopeOf } from "@/lib/scope";
import { sampleOf } from "./samples";

/** As it is stored: without a URL. */
export type StoredSource = Omit<Source, "url">;

/** Every provider with its default endpoint, the requests it received recently, and its sources. */
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
      settings: Object.fromEntries(
        Object.entries(provider.settings ?? {}).map(([name, { label, help }]) => [name, { label, help }]),
      ),
      sample: sampleOf(provider.slug),
      ...rest,
      sources: sources.map((source) => withMaskedUrl(source, origin)),
    };
  });
}

/** Webhooks of the last day that were sent to a URL without an endpoint. */
export function listWrongAddresses(asker: Scoped): Promise<WrongAddress[]> {
  return call("console", "list_wrong_addresses", {
    p_senders: [...slugs(), UNKNOWN_SENDER],
    ...scopeOf(asker),
  });
}

const slugs = () => senders.map(({ slug }) => slug);

/** One source as it is stored. Throws a `Refusal` when the caller may see no such source. */
export async function getStoredSource(id: string, asker: Scoped): Promise<StoredSource> {
  return (await call("console", "get_source", { p_id: sourceNumber(id), ...scopeOf(asker) })) ?? missing();
}

/** The number in `so_12` or `12`. Throws a `Refusal` for anything else. */
export function sourceNumber(id: string): number {
  return parseId("source", id) ?? missing();
}

function missing(): never {
  throw new Refusal("no_such_source");
}

/** With its URL, whose token is masked. */
export function withMaskedUrl(source: StoredSource, origin: string): Source {
  return { ...source, url: urlOf(origin, source.provider, `****${source.token_hint}`) };
}

/** With its whole URL, which is shown once. */
export function withFullUrl(source: StoredSource, token: string, origin: string): SourceWithUrl {
  return { ...withMaskedUrl(source, origin), full_url: urlOf(origin, source.provider, token) };
}

function urlOf(origin: string, slug: string, token?: string): string {
  return `${origin}/api/webhooks/${slug}${token === undefined ? "" : `/${token}`}`;
}
