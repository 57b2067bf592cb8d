/** How a provider is set up to send to us, as it says when a run begins. That it does not say so fails no run. */
import type { RunConfiguration } from "@/lib/db/functions/reconciliation";
import { environment } from "@/lib/env";
import { ApiFailure, type ApiSession, type ProviderApi } from "@/lib/providers/api";
import type { SourceRef } from "./credentials";

/**
 * Where a source's webhooks go, as `ProviderApi.configuration` takes it. The token of a source is known as a hash alone, so its
 * endpoints are those below the slash at the end. `origin`: such as `https://desk.example`.
 */
export function endpointUrl(origin: string, { provider, sourceId }: SourceRef): string {
  return `${origin.replace(/\/+$/, "")}/api/webhooks/${provider}${sourceId === null ? "" : "/"}`;
}

export async function readConfiguration(
  api: ProviderApi,
  session: ApiSession,
  ref: SourceRef,
): Promise<RunConfiguration> {
  const { PUBLIC_URL } = environment();
  if (!api.configuration) return { subscribed_types: null, problems: [] };
  if (!PUBLIC_URL) {
    const note = "Set PUBLIC_URL, so that Redrive knows which of the provider's endpoints is its own.";
    return { subscribed_types: null, problems: [], note };
  }
  try {
    const { subscribedTypes, problems } = await api.configuration(session, endpointUrl(PUBLIC_URL, ref));
    return { subscribed_types: subscribedTypes, problems };
  } catch (error) {
    if (error instanceof ApiFailure) return { subscribed_types: null, problems: [], note: error.message };
    throw error;
  }
}
