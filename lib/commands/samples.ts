/** A provider's sample event, signed with the secret configured here and sent to our own endpoint, as the provider would. */
import { numberInId } from "@/lib/contract/ids";
import type { SentSample } from "@/lib/contract/sources";
import { call } from "@/lib/db/client";
import { environment } from "@/lib/env";
import { accept } from "@/lib/pipeline/accept";
import { isSampled, sampleSecret } from "@/lib/queries/samples";
import { Refusal } from "@/lib/refusals";
import { sample } from "@/lib/samples";
import { makerOf, requestOf, SENDERS } from "@/lib/samples/sign";
import { EVERYTHING, scopeOf } from "@/lib/scope";
import { type ActorContext, byArguments } from "./actor";

/**
 * Sends a sample and returns the endpoint's answer. Throws a `Refusal` where samples are disabled, for a provider without
 * samples, and when the secret that signs them is missing.
 */
export async function sendSample(provider: string, by: ActorContext): Promise<SentSample> {
  if (!environment().ALLOW_SAMPLES) throw new Refusal("samples_off");
  if (by.actor.organisations !== null) throw new Refusal("sample_unseen");
  if (!isSampled(provider)) throw new Refusal("no_sample", { provider, known: SENDERS });
  const secret = sampleSecret(provider);
  if (secret === undefined) throw new Refusal("sample_secret_missing", { variable: makerOf(provider).signingVariable });
  const type = makerOf(provider).preferred ?? (makerOf(provider).types[0] as string);
  const made = sample(provider, type);
  const request = requestOf(provider, made.body, { secret, id: made.id, topic: type });
  const answer = await accept({ ...request, headers: [...request.headers, ["X-Request-ID", by.requestId]] });
  const body = JSON.parse(answer.body) as { event_id?: string; title?: string; detail?: string };
  const id = answer.status < 300 ? (body.event_id ?? null) : null;
  // The type as it is stored: some providers' samples have a longer name than their event type.
  const stored =
    id &&
    (await call("console", "get_event", {
      p_id: numberInId(id),
      ...scopeOf(EVERYTHING),
    }));
  const eventKey = stored ? stored.event_key : made.key;
  const details = { provider, event_type: type, event_key: eventKey, status: answer.status };
  await call("console", "record_staff_action", {
    ...{ p_action: "source.sample", p_subject: provider, p_details: details },
    ...byArguments(by),
  });
  return {
    provider,
    event_type: stored ? stored.event_type : type,
    event_key: eventKey,
    event_id: id,
    status: answer.status,
    refusal: id === null ? [body.title, body.detail].filter(Boolean).join(" ") : null,
  };
}
