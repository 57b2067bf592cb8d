/** The sources API as the console calls it. Each function is one request, and throws `ApiError`. */
import type { SentSample, Source, SourceProvider, SourceWithUrl } from "@/lib/contract/sources";
import { patchJson, postJson, requestJson } from "./request";

const SOURCES = "/api/sources";

/** What somebody may set of a source. */
export interface SourceInput {
  name?: string;
  organisation_id?: string | null;
  company_id?: string | null;
  settings?: Record<string, string>;
  enabled?: boolean;
}

export async function fetchSources(signal?: AbortSignal): Promise<SourceProvider[]> {
  return (await requestJson<{ providers: SourceProvider[] }>(SOURCES, { signal })).providers;
}

/** The answer is the only one that holds the whole URL. */
export function createSource(provider: string, input: SourceInput): Promise<SourceWithUrl> {
  return postJson<SourceWithUrl>(SOURCES, { provider, ...input });
}

export function updateSource(id: string, input: SourceInput): Promise<Source> {
  return patchJson<Source>(pathOf(id), input);
}

/** Makes a new URL. The old one lets events in until the overlap is over. */
export function rotateSource(id: string): Promise<SourceWithUrl> {
  return postJson<SourceWithUrl>(`${pathOf(id)}/rotate`, {});
}

export function deleteSource(id: string): Promise<void> {
  return requestJson<void>(pathOf(id), { method: "DELETE" });
}

/** Signed here and taken to the provider's own door. A refusal of the door is an answer, too. */
export function sendProviderSample(provider: string): Promise<SentSample> {
  return postJson<SentSample>(`${SOURCES}/sample`, { provider });
}

function pathOf(id: string): string {
  return `${SOURCES}/${encodeURIComponent(id)}`;
}
