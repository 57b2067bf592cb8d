/** Whether a provider answers, and whether our key works there: asked as reconciliation asks, without a database. */
import type { ApiRequestNote } from "@/lib/db/functions/reconciliation";
import { POLICIES } from "@/lib/outbound/policies";
import { sendRequest } from "@/lib/outbound/request";
import { ApiFailure } from "@/lib/providers/api";
import { type Account, accountWith } from "@/lib/reconciliation/accounts";
import { askOnce } from "@/lib/reconciliation/ask";
import { environmentCredentials, missingCredentials } from "@/lib/reconciliation/credentials";
import type { ProviderWithApi } from "@/lib/reconciliation/session";
import type { Check, Step } from "./check";

/** Addresses that answer without a key, by provider: runbook 003 asks Chatwoot's. */
const OPEN_PATHS: Readonly<Record<string, string>> = { chatwoot: "/rails/health" };

/** Asks with the keys of the environment. `undefined` when there is no key at all: nothing to check. */
export async function checkProvider(provider: ProviderWithApi): Promise<Check | undefined> {
  const { slug, label, api } = provider;
  const credentials = environmentCredentials({ provider: slug, sourceId: null }, api);
  if (Object.keys(credentials).length === 0) return undefined;
  const missing = missingCredentials(api, (name) => name in credentials).map((name) => api.credentials[name]?.variable);
  const account = accountWith(provider, credentials);
  const path = OPEN_PATHS[slug];
  const steps = [
    ...(path ? [await askOpenly(account, path)] : []),
    missing.length > 0
      ? failed("authenticated API", null, `${missing.join(" and ")} is not set.`)
      : await askWithKey(provider, account),
  ];
  return { name: slug, label, steps };
}

/** The variables that hold a provider's keys, for people who have set none. */
export function variablesOf({ api }: ProviderWithApi): string[] {
  return Object.values(api.credentials)
    .filter(({ isOptional }) => !isOptional)
    .map(({ variable }) => variable);
}

async function askOpenly({ url, label }: Account, path: string): Promise<Step> {
  const started = performance.now();
  const { status = null, failure } = await sendRequest(POLICIES.providerApi, {
    method: "GET",
    url: url + path,
    headers: { accept: "application/json", "user-agent": "Redrive" },
    body: Buffer.alloc(0),
  });
  const milliseconds = Math.round(performance.now() - started);
  if (failure === null) return { name: path, ok: true, status, milliseconds, problem: null };
  return failed(path, status, status === null ? failure.message : `${label} answered ${status}.`, milliseconds);
}

async function askWithKey({ api }: ProviderWithApi, account: Account): Promise<Step> {
  const notes: ApiRequestNote[] = [];
  const session = {
    credentials: account.credentials,
    settings: {},
    ask: (request: Parameters<typeof askOnce>[1]) => askOnce({ account, notes }, request),
    ownObjects: async () => [],
    now: () => new Date(),
  };
  const name = "authenticated API";
  try {
    await api.test(session);
    return { name, ok: true, ...lastOf(notes), problem: null };
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    const { status, milliseconds } = lastOf(notes);
    return failed(name, status ?? error.status, error.message, milliseconds);
  }
}

function lastOf(notes: ApiRequestNote[]) {
  const last = notes.at(-1);
  return { status: last?.status_code ?? null, milliseconds: last?.milliseconds ?? 0 };
}

function failed(name: string, status: number | null, problem: string, milliseconds = 0): Step {
  return { name, ok: false, status, milliseconds, problem };
}
