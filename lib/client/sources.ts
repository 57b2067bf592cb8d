/** The console's client of the sources API. Each function is one request, and throws `ApiError`. */
import type { SentSample, Source, SourceProvider, SourceWithUrl } from "@/lib/contract/sources";
import { patchJson, postJson, requestJson } from "./request";

const SOURCES = "/api/sources";

/** The settings of a source. */
export interface SourceInput {
  name?: string;
  organisation_id?: string | null;
  company_id?: string | null;
  settings?: Record<string, string>;
  max_per_minute?: number | null;
  enabled?: boolean;
}

export async function fetchSources(signal?: AbortSignal): Promise<SourceProvider[]> {
  return (await requestJson<{ providers: SourceProvider[] }>(SOURCES, { signal })).providers;
}

/** The only answer with the whole URL. */
export function createSource(provider: string, input: SourceInput): Promise<SourceWithUrl> {
  return postJson<SourceWithUrl>(SOURCES, { provider, ...input });
}

export function updateSource(id: string, input: SourceInput): Promise<Source> {
  return patchJson<Source>(pathOf(id), input);
}

/** Makes a new URL. The old one accepts events until the overlap has passed. */
export function rotateSource(id: string): Promise<SourceWithUrl> {
  return postJson<SourceWithUrl>(`${pathOf(id)}/rotate`, {});
}

export function deleteSource(id: string): Promise<void> {
  return requestJson<void>(pathOf(id), { method: "DELETE" });
}

/** Signed on the server and sent to the provider's own endpoint. A rejection by the endpoint is an answer, too. */
export function sendProviderSample(provider: string): Promise<SentSample> {
  return postJson<SentSample>(`${SOURCES}/sample`, { provider });
}

function pathOf(id: string): string {
  return `${SOURCES}/${encodeURIComponent(id)}`;
}
