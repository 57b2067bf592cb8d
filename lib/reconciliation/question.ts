/** One question that a user asks a provider: is the key right, is this event there, how is it set up. */
import { call } from "@/lib/db/client";
import type { ApiRequestNote } from "@/lib/db/functions/reconciliation";
import type { ApiSession } from "@/lib/providers/api";
import { accountWith } from "./accounts";
import type { SourceRef } from "./credentials";
import { openSession, type ProviderWithApi } from "./session";

interface Keys {
  /** They need not be stored. */
  credentials: Readonly<Record<string, string>>;
  settings: Readonly<Record<string, string>>;
}

/** What the question returns. Its requests are noted with no run, also when it fails. Throws what the question throws. */
export async function askQuestion<T>(
  provider: ProviderWithApi,
  { sourceId }: SourceRef,
  { credentials, settings }: Keys,
  question: (session: ApiSession) => Promise<T>,
): Promise<T> {
  const notes: ApiRequestNote[] = [];
  const account = accountWith(provider, credentials);
  try {
    return await question(openSession({ provider, account, sourceId, settings, notes }));
  } finally {
    if (notes.length > 0) {
      await call("console", "note_api_requests", {
        ...{ p_id: null, p_window: null },
        ...{ p_provider: provider.slug, p_requests: notes },
      });
    }
  }
}
