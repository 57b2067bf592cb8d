/** Which key a source has at its provider: from the console, or from the environment for the default source. */
import { createHash } from "node:crypto";
import { numberInId } from "@/lib/contract/ids";
import { call } from "@/lib/db/client";
import { senders } from "@/lib/providers";
import type { ProviderApi } from "@/lib/providers/api";
import { EVERYTHING, scopeOf } from "@/lib/scope";
import { credentialsOf, environmentCredentials, missingCredentials } from "./credentials";
import type { ProviderWithApi } from "./session";

export interface Account {
  /** The provider's name, for messages. */
  label: string;
  credentials: Readonly<Record<string, string>>;
  /** The address of the API, without a slash at the end. */
  url: string;
  /** Names the account in the budgets, without saying its key. */
  hash: string;
  /** The values that are masked wherever they appear. */
  secrets: readonly string[];
}

/** The account of a provider's source (null: the default one); undefined when it has no key, or not all of it. */
export async function accountOf(provider: ProviderWithApi, sourceId: number | null): Promise<Account | undefined> {
  const found = await credentialsOf({ provider: provider.slug, sourceId }, provider.api);
  return found && isComplete(provider.api, found.values) ? accountWith(provider, found.values) : undefined;
}

/** Every source that has a key: default ones by the environment, and those whose keys were entered in the console. */
export async function listAccounts(): Promise<{ provider: ProviderWithApi; sourceId: number | null }[]> {
  const stored = await call("pipeline", "list_api_credentials", scopeOf(EVERYTHING));
  return senders
    .filter((provider): provider is ProviderWithApi => provider.api !== undefined)
    .flatMap((provider) => {
      const { slug, api } = provider;
      const own = stored.filter((one) => one.provider === slug);
      const ofDefault = own.find((one) => one.source_id === null);
      const sources = own
        .filter(({ source_id, fields }) => source_id !== null && isComplete(api, fields))
        .map(({ source_id }) => ({ provider, sourceId: numberInId(source_id as string) }));
      const values = ofDefault?.fields ?? environmentCredentials({ provider: slug, sourceId: null }, api);
      return isComplete(api, values) ? [{ provider, sourceId: null }, ...sources] : sources;
    });
}

function isComplete(api: ProviderApi, fields: Readonly<Record<string, unknown>>): boolean {
  return missingCredentials(api, (name) => name in fields).length === 0 && Object.keys(fields).length > 0;
}

/** An account with these credentials, which may not be stored yet. */
export function accountWith(
  { slug, label, api }: ProviderWithApi,
  credentials: Readonly<Record<string, string>>,
): Account {
  const secrets = Object.entries(api.credentials).flatMap(([name, { isSecret }]) => {
    const value = credentials[name];
    return isSecret && value ? [value] : [];
  });
  // By its key alone: what else is set says which part of the account is read.
  return { label, credentials, url: urlOf(api, credentials), secrets, hash: hashOf([slug, ...secrets]) };
}

/**
 * The address of the API. A variable that is a credential itself is the default source's: it must not send the key of another
 * source to that one's server.
 */
function urlOf(api: ProviderApi, credentials: Readonly<Record<string, string>>): string {
  const isCredential = Object.values(api.credentials).some(({ variable }) => variable === api.urlVariable);
  const replaced = isCredential ? undefined : process.env[api.urlVariable];
  return (replaced || api.url(credentials)).replace(/\/+$/, "");
}

function hashOf(parts: string[]): string {
  return createHash("sha256").update(parts.join("\0")).digest("hex");
}
