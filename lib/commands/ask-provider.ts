/** Questions that a user asks a provider about one event or about its configuration, and the repair of the latter. */
import { printId } from "@/lib/contract/ids";
import type { ConfigurationState, EventCheck } from "@/lib/contract/reconciliations";
import { call } from "@/lib/db/client";
import { maskSecrets } from "@/lib/pipeline/mask";
import { ApiFailure, type ApiSession, type Configuration } from "@/lib/providers/api";
import { type AskableSource, sourceOf, storedCredentials } from "@/lib/queries/askable-source";
import { getCoverage } from "@/lib/queries/coverage";
import { getEvent } from "@/lib/queries/events";
import { getStoredSource } from "@/lib/queries/sources";
import { endpointUrl } from "@/lib/reconciliation/configuration";
import { askQuestion } from "@/lib/reconciliation/question";
import { Refusal } from "@/lib/refusals";
import { type ActorAtOrigin, type ActorContext, byArguments } from "./actor";
import type { NamedSource } from "./api-credentials";

const MOST_SHOWN_BYTES = 1024 * 1024;

/** Asks the provider for the object of one event. Throws a `Refusal` where it cannot be asked, or does not answer. */
export async function checkEvent(id: string, by: ActorContext): Promise<EventCheck> {
  const event = await getEvent(id, by.actor);
  if (!event) throw new Refusal("no_such_event");
  const source = sourceOf(event.provider_slug, event.source_id);
  const { provider } = source;
  const wanted = provider.api.pairs === "event_key" ? event.event_key : event.object_id;
  if (!provider.api.get || wanted === null) {
    throw new Refusal("not_offered_by_api", { provider: provider.label, what: "check" });
  }
  const entry = await asked(source, by, async (session) => provider.api.get?.(session, wanted, event.event_type));
  await note("event.check", event.id, { provider: provider.slug, found: entry !== undefined }, by);
  const body = entry?.webhook && maskSecrets(entry.webhook.body, provider);
  return {
    provider_slug: event.provider_slug,
    asked_for: wanted,
    found: entry !== undefined,
    same_key: entry?.eventKey === undefined ? null : entry.eventKey === event.event_key,
    occurred_at: entry ? new Date(entry.occurredAt).toISOString() : null,
    event_type: entry?.eventType ?? null,
    body_base64: body?.toString("base64", 0, MOST_SHOWN_BYTES) ?? null,
    checked_at: new Date().toISOString(),
  };
}

/** How the provider is set up to send to us. Throws a `Refusal` as above. */
export async function readConfiguration(named: NamedSource, by: ActorAtOrigin): Promise<ConfigurationState> {
  const source = await visibleSource(named, by);
  const { subscribedTypes, problems } = await configurationOf(source, by);
  const canRepair = source.provider.api.repair !== undefined;
  return {
    subscribed_types: subscribedTypes === null ? null : [...subscribedTypes],
    problems: problems.map(({ code, title, wayOut, repair }) => ({
      code,
      title,
      way_out: wayOut,
      repair: canRepair ? (repair?.what ?? null) : null,
    })),
    checked_at: new Date().toISOString(),
  };
}

/** Repairs one problem of the configuration at the provider, and reads it again. Throws a `Refusal` as above. */
export async function repairConfiguration(
  { code, ...named }: NamedSource & { code: string },
  by: ActorAtOrigin,
): Promise<ConfigurationState> {
  const source = await visibleSource(named, by);
  const { provider, ref } = source;
  if (!provider.api.repair) throw new Refusal("not_offered_by_api", { provider: provider.label, what: "repair" });
  const { problems } = await configurationOf(source, by);
  const problem = problems.find((one) => one.code === code && one.repair !== undefined);
  if (!problem) throw new Refusal("no_such_problem", { code });
  // Before it is done: a repair whose answer is lost may have been carried out.
  const subject = ref.sourceId === null ? ref.provider : printId("source", ref.sourceId);
  await note("api_configuration.repair", subject, { provider: ref.provider, code, what: problem.repair?.what }, by);
  await asked(source, by, async (session) => provider.api.repair?.(session, problem));
  return readConfiguration(named, by);
}

async function visibleSource(named: NamedSource, { actor }: ActorContext): Promise<AskableSource> {
  const source = sourceOf(named.provider_slug, named.source_id);
  await getCoverage(source.ref, actor);
  return source;
}

async function configurationOf(source: AskableSource, by: ActorAtOrigin): Promise<Configuration> {
  const { provider, ref } = source;
  const endpoint = endpointUrl(by.origin, ref);
  const found = await asked(source, by, async (session) => provider.api.configuration?.(session, endpoint));
  if (!found) throw new Refusal("not_offered_by_api", { provider: provider.label, what: "configuration" });
  return found;
}

/** Asks with the stored keys. A failure of the provider is a refusal for the user to read. */
async function asked<T>(
  source: AskableSource,
  { actor }: ActorContext,
  question: (session: ApiSession) => Promise<T>,
): Promise<T> {
  const { ref, provider } = source;
  const credentials = await storedCredentials(source);
  const stored = ref.sourceId === null ? undefined : await getStoredSource(printId("source", ref.sourceId), actor);
  try {
    return await askQuestion(provider, ref, { credentials, settings: stored?.settings ?? {} }, question);
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    const { kind, message, retryAfterMs } = error;
    throw new Refusal("provider_failed", { provider: provider.label, kind, detail: message, retryAfterMs });
  }
}

async function note(
  action: string,
  subject: string,
  details: Record<string, unknown>,
  by: ActorContext,
): Promise<void> {
  await call("console", "record_staff_action", {
    p_action: action,
    p_subject: subject,
    p_details: details,
    ...byArguments(by),
  });
}
