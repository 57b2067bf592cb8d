import type { CredentialState, CredentialTest } from "@/lib/contract/reconciliations";
import { call } from "@/lib/db/client";
import { canEncrypt } from "@/lib/destinations/secrets";
import { ApiFailure } from "@/lib/providers/api";
import { type AskableSource, argumentsOf, sourceOf, storedCredentials } from "@/lib/queries/askable-source";
import { describeCredentials, getCoverage } from "@/lib/queries/coverage";
import { sealCredentials } from "@/lib/reconciliation/credentials";
import { askQuestion } from "@/lib/reconciliation/question";
import { Refusal } from "@/lib/refusals";
import { scopeOf } from "@/lib/scope";
import { type ActorContext, byArguments } from "./actor";
import { completeCredentials, type TypedFields } from "./typed-credentials";

/** Which source of which provider, as a request names it. */
export interface NamedSource {
  provider_slug: string;
  source_id?: string;
}

/** What a source has, and what it needs. Throws a `Refusal` for a source that is not the caller's. */
export async function getApiCredentials(named: NamedSource, { actor }: ActorContext): Promise<CredentialState> {
  const { ref } = sourceOf(named.provider_slug, named.source_id);
  return (await getCoverage(ref, actor)).credentials ?? noSource();
}

/**
 * Stores the given fields. A secret field that is left out stays as it is, any other is removed. Throws a `Refusal` for an
 * unknown or missing field, one that cannot be meant, and without an encryption key.
 */
export async function setApiCredentials(
  named: NamedSource & { fields: TypedFields },
  by: ActorContext,
): Promise<CredentialState> {
  const source = sourceOf(named.provider_slug, named.source_id);
  const { ref, provider } = source;
  await getCoverage(ref, by.actor);
  if (!canEncrypt()) throw new Refusal("no_key_encryption");
  const { fields, hints } = sealCredentials(ref, provider.api, await completeCredentials(source, named.fields, by));
  const stored = await call("console", "set_api_credentials", {
    ...argumentsOf(ref),
    p_fields: fields,
    p_hints: hints,
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  return describeCredentials(ref, provider.api, stored ?? noSource());
}

/** Removes stored keys; those of the environment take their place. Throws a `Refusal` when there are none. */
export async function deleteApiCredentials(named: NamedSource, by: ActorContext): Promise<void> {
  const { ref, provider } = sourceOf(named.provider_slug, named.source_id);
  const found = await call("console", "delete_api_credentials", {
    ...argumentsOf(ref),
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  if (!found) throw new Refusal("no_stored_api_key", { provider: provider.label });
}

/** Asks the provider with the stored keys, or with the given ones before they are stored. A key that fails is an answer. */
export async function testApiCredentials(
  named: NamedSource & { fields?: TypedFields },
  by: ActorContext,
): Promise<CredentialTest> {
  const source = sourceOf(named.provider_slug, named.source_id);
  await getCoverage(source.ref, by.actor);
  const credentials = named.fields
    ? await completeCredentials(source, named.fields, by)
    : await storedCredentials(source);
  const started = performance.now();
  const failure = await failureOf(source, credentials);
  const milliseconds = Math.round(performance.now() - started);
  const problem = failure?.message ?? null;
  // Keys that are not stored have no row to note it in, but the log says that they were tried.
  await call("console", "note_api_test", {
    ...argumentsOf(source.ref),
    p_problem: problem,
    p_stored: named.fields === undefined,
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  return { works: failure === undefined, problem, kind: failure?.kind ?? null, milliseconds };
}

async function failureOf({ ref, provider }: AskableSource, credentials: TypedFields): Promise<ApiFailure | undefined> {
  try {
    await askQuestion(provider, ref, { credentials, settings: {} }, (session) => provider.api.test(session));
    return undefined;
  } catch (error) {
    if (error instanceof ApiFailure) return error;
    throw error;
  }
}

function noSource(): never {
  throw new Refusal("no_such_source");
}
