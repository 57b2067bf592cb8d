/** What is known of each source's completeness: what its provider can prove, its keys, its schedule, and what is missing. */
import { parseId } from "@/lib/contract/ids";
import type { CredentialState, SourceCoverage, Watch } from "@/lib/contract/reconciliations";
import { call } from "@/lib/db/client";
import type { StoredCoverage, StoredCredentials } from "@/lib/db/functions/reconciliation-reads";
import { findProvider, senders } from "@/lib/providers";
import type { ProviderApi } from "@/lib/providers/api";
import type { Provider } from "@/lib/providers/provider";
import { environmentCredentials, hintOf, missingCredentials, type SourceRef } from "@/lib/reconciliation/credentials";
import { Refusal } from "@/lib/refusals";
import { type Scoped, scopeOf } from "@/lib/scope";

const DAY_MS = 86_400_000;

/** What a watch does before anybody changes it: the defaults of 155_reconciliation.sql. */
const DEFAULT_WATCH: Watch = {
  enabled: true,
  every_seconds: 900,
  window_seconds: 3_600,
  daily_window_seconds: 259_200,
  back_fills: false,
  next_run_at: null,
  next_daily_run_at: null,
  covered_until: null,
};

/** Every source that the caller may see: the default endpoint of each provider, and those with their own URL. */
export async function listCoverage(asker: Scoped): Promise<SourceCoverage[]> {
  const stored = await call("console", "list_coverage", {
    p_providers: senders.map(({ slug }) => slug),
    ...scopeOf(asker),
  });
  return stored.flatMap((one) => {
    const provider = findProvider(one.provider);
    return provider ? [coverageOf(provider, one)] : [];
  });
}

/** One of them. Throws a `Refusal` when the caller may see no such source. */
export async function getCoverage(ref: SourceRef, asker: Scoped): Promise<SourceCoverage> {
  const all = await listCoverage(asker);
  const found = all.find(
    ({ provider_slug, source_id }) =>
      provider_slug === ref.provider && (source_id === null ? null : parseId("source", source_id)) === ref.sourceId,
  );
  if (!found) throw new Refusal("no_such_source");
  return found;
}

function coverageOf(
  provider: Provider,
  { provider: slug, credentials, watch, ...stored }: StoredCoverage,
): SourceCoverage {
  const { api } = provider;
  const sourceId = stored.source_id === null ? null : (parseId("source", stored.source_id) ?? null);
  const keys = api ? describeCredentials({ provider: slug, sourceId }, api, credentials) : null;
  const settings = watch ?? DEFAULT_WATCH;
  const horizon = api?.horizonDays ?? null;
  return {
    ...stored,
    provider_slug: slug,
    label: provider.label,
    coverage: api ? api.coverage : null,
    horizon_days: horizon,
    wait_seconds: api?.waitSeconds ?? 0,
    may_check_one: api?.get !== undefined,
    has_configuration: api?.configuration !== undefined,
    credentials: keys,
    watch: settings,
    is_on: (keys?.is_complete ?? false) && settings.enabled,
    lost_at:
      stored.oldest_missing_at === null || horizon === null
        ? null
        : new Date(Date.parse(stored.oldest_missing_at) + horizon * DAY_MS).toISOString(),
  };
}

/** The keys of a source as users may see them. */
export function describeCredentials(
  ref: SourceRef,
  api: ProviderApi,
  stored: StoredCredentials | null,
): CredentialState {
  const fromEnvironment = stored ? {} : environmentCredentials(ref, api);
  const shown = (name: string, isSecret: boolean): string | null => {
    if (stored) return stored.hints[name] ?? stored.fields[name] ?? null;
    const value = fromEnvironment[name];
    return value === undefined ? null : isSecret ? hintOf(value) : value;
  };
  const fields = Object.entries(api.credentials).map(([name, field]) => ({
    name,
    label: field.label,
    help: field.help,
    variable: field.variable,
    is_secret: field.isSecret,
    is_optional: field.isOptional ?? false,
    value: shown(name, field.isSecret),
  }));
  const has = (name: string) => fields.some((field) => field.name === name && field.value !== null);
  return {
    from: stored ? "console" : Object.keys(fromEnvironment).length > 0 ? "environment" : null,
    is_complete: missingCredentials(api, has).length === 0 && fields.some(({ value }) => value !== null),
    fields,
    rights: api.rights,
    tested_at: stored?.tested_at ?? null,
    problem: stored?.problem ?? null,
    updated_at: stored?.updated_at ?? null,
  };
}
