/** The console's client for what a source of a provider is asked with: keys, schedule, configuration. Throws `ApiError`. */
import type {
  ConfigurationState,
  CredentialState,
  CredentialTest,
  SourceCoverage,
  Watch,
} from "@/lib/contract/reconciliations";
import { patchJson, postJson, requestJson } from "./request";

/** The provider is asked meanwhile, and may make us wait for our turn. */
export const PROVIDER_PATIENCE_MS = 60_000;

/** Which source of which provider. */
export type SourceOf = Pick<SourceCoverage, "provider_slug" | "source_id">;

export async function fetchCoverage(signal?: AbortSignal): Promise<SourceCoverage[]> {
  return (await requestJson<{ sources: SourceCoverage[] }>("/api/coverage", { signal })).sources;
}

export function saveCredentials(source: SourceOf, fields: Record<string, string>): Promise<CredentialState> {
  return postJson<CredentialState>(`${pathOf(source)}/credentials`, { ...sourceIn(source), fields }, { method: "PUT" });
}

export function removeCredentials(source: SourceOf): Promise<void> {
  return requestJson<void>(`${pathOf(source)}/credentials${queryOf(source)}`, { method: "DELETE" });
}

/** `fields`: to try before they are stored. */
export function testCredentials(source: SourceOf, fields?: Record<string, string>): Promise<CredentialTest> {
  const body = { ...sourceIn(source), ...(fields && { fields }) };
  return postJson<CredentialTest>(`${pathOf(source)}/credentials/test`, body, { patienceMs: PROVIDER_PATIENCE_MS });
}

export function saveWatch(source: SourceOf, change: Partial<Watch>): Promise<Watch> {
  return patchJson<Watch>(`${pathOf(source)}/watch`, { ...sourceIn(source), ...change });
}

export function fetchConfiguration(source: SourceOf, signal?: AbortSignal): Promise<ConfigurationState> {
  const path = `${pathOf(source)}/configuration${queryOf(source)}`;
  return requestJson<ConfigurationState>(path, { signal, patienceMs: PROVIDER_PATIENCE_MS });
}

export function repairConfiguration(source: SourceOf, code: string): Promise<ConfigurationState> {
  const body = { ...sourceIn(source), code };
  return postJson<ConfigurationState>(`${pathOf(source)}/configuration/repair`, body, {
    patienceMs: PROVIDER_PATIENCE_MS,
  });
}

function pathOf({ provider_slug }: SourceOf): string {
  return `/api/coverage/${encodeURIComponent(provider_slug)}`;
}

/** The source as bodies name it: the default endpoint has no id. */
export function sourceIn({ source_id }: SourceOf): { source_id?: string } {
  return source_id === null ? {} : { source_id };
}

function queryOf({ source_id }: SourceOf): string {
  return source_id === null ? "" : `?source_id=${encodeURIComponent(source_id)}`;
}
