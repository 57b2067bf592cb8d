/**
 * Keys of providers' APIs. Those that people entered in the console are rows, by provider and source, and their secret fields
 * are encrypted. Without a row the default source of a provider has those of the environment.
 */
import { call } from "@/lib/db/client";
import { decrypt, encrypt } from "@/lib/destinations/secrets";
import type { ProviderApi } from "@/lib/providers/api";

/** How much of a secret is shown, and how long one has to be for that. */
const SHOWN_CHARACTERS = 4;
const SHORTEST_SHOWN = 12;

export interface FoundCredentials {
  from: "console" | "environment";
  /** By name, in plain text. */
  values: Record<string, string>;
}

/** Which endpoint of a provider: a source by its number, or the default one. */
export interface SourceRef {
  provider: string;
  sourceId: number | null;
}

/** The keys of a source; undefined without any. Throws `ConfigurationError` when they cannot be decrypted. */
export async function credentialsOf(ref: SourceRef, api: ProviderApi): Promise<FoundCredentials | undefined> {
  const stored = await call("console", "read_api_credentials", {
    p_provider: ref.provider,
    p_source_id: ref.sourceId,
  });
  if (stored) return { from: "console", values: openCredentials(ref, api, stored) };
  const values = environmentCredentials(ref, api);
  return Object.keys(values).length > 0 ? { from: "environment", values } : undefined;
}

/** Those of the environment: only the default source has them. */
export function environmentCredentials({ sourceId }: SourceRef, api: ProviderApi): Record<string, string> {
  if (sourceId !== null) return {};
  const named = Object.entries(api.credentials).map(([name, { variable, read }]) => {
    const text = process.env[variable]?.trim();
    const found = text ? read?.(text) : undefined;
    // What cannot be read goes to the provider as it is, whose answer says what is wrong.
    return [name, found && "value" in found ? found.value : text];
  });
  return Object.fromEntries(named.filter(([, value]) => value));
}

/** The required ones that have no value. */
export function missingCredentials(api: ProviderApi, has: (name: string) => boolean): string[] {
  return Object.entries(api.credentials)
    .filter(([name, { isOptional }]) => !isOptional && !has(name))
    .map(([name]) => name);
}

/** In their stored form: secret ones encrypted, with a hint to recognise them by. */
export function sealCredentials(ref: SourceRef, api: ProviderApi, values: Readonly<Record<string, string>>) {
  const fields: Record<string, string> = {};
  const hints: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    const isSecret = api.credentials[name]?.isSecret ?? true;
    fields[name] = isSecret ? encrypt(value, purposeOf(ref, name)) : value;
    if (isSecret) hints[name] = hintOf(value);
  }
  return { fields, hints };
}

/** Stored fields in plain text. Throws `ConfigurationError` when they cannot be decrypted. */
export function openCredentials(ref: SourceRef, api: ProviderApi, fields: Readonly<Record<string, string>>) {
  const opened = Object.entries(fields).map(([name, value]) => {
    const isSecret = api.credentials[name]?.isSecret ?? true;
    return [name, isSecret ? decrypt(value, purposeOf(ref, name)) : value] as const;
  });
  return Object.fromEntries(opened);
}

/** `…a1b2`. Of a short one nothing is shown. */
export function hintOf(secret: string): string {
  return secret.length < SHORTEST_SHOWN ? "…" : `…${secret.slice(-SHOWN_CHARACTERS)}`;
}

const purposeOf = ({ provider, sourceId }: SourceRef, name: string) =>
  `api ${provider} ${sourceId ?? "default"} ${name}`;
