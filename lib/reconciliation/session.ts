/** What a client of a provider's API may use: see `ApiSession`. */
import { call } from "@/lib/db/client";
import type { ApiRequestNote } from "@/lib/db/functions/reconciliation";
import { findProvider } from "@/lib/providers";
import type { ApiSession, ProviderApi } from "@/lib/providers/api";
import type { Provider } from "@/lib/providers/provider";
import type { Account } from "./accounts";
import { ask } from "./ask";

export type ProviderWithApi = Provider & { api: ProviderApi };

/** The provider of a slug, if it has an API. */
export function findProviderWithApi(slug: string): ProviderWithApi | undefined {
  const provider = findProvider(slug);
  return provider?.api && (provider as ProviderWithApi);
}

export interface Place {
  provider: ProviderWithApi;
  account: Account;
  /** Null is the default source. */
  sourceId: number | null;
  settings: Readonly<Record<string, string>>;
  /** Gets a note of each request. */
  notes: ApiRequestNote[];
  signal?: AbortSignal;
}

export function openSession({ provider, account, sourceId, settings, notes, signal }: Place): ApiSession {
  return {
    credentials: account.credentials,
    settings,
    ask: (request) => ask({ api: provider.api, account, notes, signal }, request),
    ownObjects: (window, after, limit) =>
      call("pipeline", "list_own_objects", {
        p_provider: provider.slug,
        p_source_id: sourceId,
        p_from: window.from.toISOString(),
        p_to: window.to.toISOString(),
        p_types: window.types ? [...window.types] : null,
        p_after: after,
        p_limit: limit,
      }),
    now: () => new Date(),
  };
}
