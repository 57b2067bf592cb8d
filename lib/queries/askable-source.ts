/** A source as a request names it, whose provider can be asked, and its keys. */
import { parseId, printId } from "@/lib/contract/ids";
import { ConfigurationError } from "@/lib/env";
import { findProvider, senders } from "@/lib/providers";
import { credentialsOf, missingCredentials, type SourceRef } from "@/lib/reconciliation/credentials";
import { findProviderWithApi, type ProviderWithApi } from "@/lib/reconciliation/session";
import { Refusal } from "@/lib/refusals";

const UNREADABLE =
  "ENCRYPTION_KEY is not the one that the API key was encrypted with. Set that one again, or enter the API key again.";

type Fields = Readonly<Record<string, string>>;

/** A source of a provider that can be asked. */
export interface AskableSource {
  ref: SourceRef;
  provider: ProviderWithApi;
}

/** The source that a request names. Throws a `Refusal` for a provider without an API, and for an id that cannot be one. */
export function sourceOf(slug: string, sourceId: string | null | undefined): AskableSource {
  const known = findProvider(slug);
  if (!known) throw new Refusal("unknown_provider", { slug, known: senders.map((sender) => sender.slug) });
  const provider = findProviderWithApi(slug);
  if (!provider) throw new Refusal("no_provider_api", { provider: known.label });
  const number = sourceId ? parseId("source", sourceId) : null;
  if (number === undefined) throw new Refusal("no_such_source");
  return { ref: { provider: slug, sourceId: number }, provider };
}

/** The keys of a source, complete. Throws a `Refusal` without any, and when they cannot be decrypted. */
export async function storedCredentials(source: AskableSource): Promise<Fields> {
  const found = await readStored(source);
  if (found) return requireAll(source, found.values);
  const { ref, provider } = source;
  const variables = Object.values(provider.api.credentials).flatMap(({ isOptional, variable }) =>
    isOptional ? [] : [variable],
  );
  const name = ref.sourceId === null ? null : printId("source", ref.sourceId);
  throw new Refusal("no_api_key", { provider: provider.label, source: name, variables });
}

/** Undefined without any. Throws a `Refusal` when they cannot be decrypted. */
export async function readStored({ ref, provider }: AskableSource) {
  try {
    return await credentialsOf(ref, provider.api);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new Refusal("secrets_unreadable", { detail: UNREADABLE });
  }
}

/** The same fields. Throws a `Refusal` that names the first required one that is missing. */
export function requireAll({ provider: { api, label } }: AskableSource, values: Fields): Fields {
  const [name] = missingCredentials(api, (field) => field in values);
  if (name === undefined) return values;
  throw new Refusal("api_field_missing", { provider: label, name, label: api.credentials[name]?.label ?? name });
}

/** The arguments of every SQL function about a source. */
export function argumentsOf({ provider, sourceId }: SourceRef) {
  return { p_provider: provider, p_source_id: sourceId };
}
