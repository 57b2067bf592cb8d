/** A sample of a provider, signed with the secret configured here and taken to our own door, as the provider would. */
import type { Actor } from "@/lib/auth/permissions";
import type { SentSample } from "@/lib/contract/sources";
import { call } from "@/lib/db/client";
import { environment, secretsFrom } from "@/lib/env";
import { Problem } from "@/lib/errors";
import { sample } from "@/lib/samples";
import { makerOf, requestOf, SENDERS, type Sender } from "@/lib/samples/sign";
import { EVERYTHING, scopeOf } from "@/lib/scope";
import { accept } from "./accept";

/** Whether samples of a provider can be sent: see `SourceProvider.sample`. */
export function sampleOf(provider: string): { missing: string | null } | null {
  if (!environment().ALLOW_SAMPLES || !isSender(provider)) return null;
  return { missing: secretFor(provider) === undefined ? makerOf(provider).signingVariable : null };
}

/**
 * Sends one and says what the door answered. Throws a `Problem`: 403 where samples are not sent, 400 for a provider without
 * one, 409 when the secret that signs it is missing.
 */
export async function sendSample(
  provider: string,
  { actor, requestId }: { actor: Pick<Actor, "id" | "name" | "organisations">; requestId: string },
): Promise<SentSample> {
  if (!environment().ALLOW_SAMPLES) {
    const detail = "Samples would appear among real events. Set ALLOW_SAMPLES=1 to allow them here.";
    throw new Problem({ status: 403, title: "Samples are sent in local mode only.", detail });
  }
  if (actor.organisations !== null) {
    const detail =
      "It arrives at the provider's default endpoint, as an event without an organisation, which you cannot see.";
    throw new Problem({ status: 403, title: "Only users who can see all organisations can send samples.", detail });
  }
  if (!isSender(provider)) {
    const detail = `There are samples of ${SENDERS.join(", ")}.`;
    throw new Problem({ status: 400, title: `There is no sample of "${provider}".`, detail, field: "provider" });
  }
  const secret = secretFor(provider);
  if (secret === undefined) {
    const title = `${makerOf(provider).signingVariable} is not set, so no sample can be signed.`;
    throw new Problem({ status: 409, title, detail: "Set it and restart.", field: "provider" });
  }
  const type = makerOf(provider).preferred ?? (makerOf(provider).types[0] as string);
  const made = sample(provider, type);
  const request = requestOf(provider, made.body, { secret, id: made.id, topic: type });
  const answer = await accept({ ...request, headers: [...request.headers, ["X-Request-ID", requestId]] });
  const body = JSON.parse(answer.body) as { event_id?: string; title?: string; detail?: string };
  const id = answer.status < 300 ? (body.event_id ?? null) : null;
  // As it is stored: some providers' samples are named by more than their events' type.
  const stored =
    id &&
    (await call<{ event_type: string; event_key: string } | null>("console", "get_event", {
      p_id: Number(id.slice(3)),
      ...scopeOf(EVERYTHING),
    }));
  const eventKey = stored ? stored.event_key : made.key;
  const details = { provider, event_type: type, event_key: eventKey, status: answer.status };
  await call("console", "record_staff_action", {
    ...{ p_action: "source.sample", p_subject: provider, p_details: details },
    ...{ p_actor: actor.name, p_actor_id: actor.id, p_request_id: requestId },
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

function secretFor(provider: Sender): string | undefined {
  return secretsFrom(makerOf(provider).signingVariable)[0];
}

function isSender(name: string): name is Sender {
  return (SENDERS as readonly string[]).includes(name);
}
