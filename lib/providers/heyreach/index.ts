/**
 * HeyReach, LinkedIn campaigns. It does not sign and adds no headers, so a token in the URL is the only proof. The payload
 * names no tenant, so the source does. Rows: see rows.ts.
 */
import { randomBytes } from "node:crypto";
import { withPairsAsJson } from "../form";
import { sha256Hex } from "../hmac";
import { firstId, hashedKey } from "../outreach-rows";
import { contentOf, type Identity, type Provider, type RawRequest } from "../provider";
import { at, keyFrom, keyOfBody, timeFrom, typeFrom, UNKNOWN_TYPE } from "../shape";
import { verifyUrlToken } from "../url-token";
import { heyreachApi } from "./api";
import { logicalKeyIn } from "./objects";
import { heyreachProjections, isTest, leadIdOf } from "./rows";
import { heyreachSamples } from "./sample";
import { heyreachSummary } from "./summary";

/** `recent_messages` may be the whole conversation: 4,600 of them were 360 KB. HeyReach publishes no limit. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

export const heyreach: Provider = {
  slug: "heyreach",
  label: "HeyReach",
  mark: "Hr",
  scheme: "Not signed: a secret token in the webhook URL",
  setup:
    "Set HEYREACH_URL_TOKEN to a long random token and put it in place of {token}. In HeyReach, open Integrations → Webhooks and create one with the whole URL.",
  secretsVariable: "HEYREACH_URL_TOKEN",
  localSecrets: () => ({ HEYREACH_URL_TOKEN: randomBytes(24).toString("base64url") }),
  tokenInUrl: true,
  settings: {
    event_type: {
      label: "Event type",
      help: "HeyReach has one webhook per event type and sometimes does not name it: which one this is, e.g. message_sent.",
      read: readEventType,
    },
  },
  refusalStatus: 401,
  maxBodyBytes: MAX_BODY_BYTES,
  samples: heyreachSamples,
  secretHeaders: [],
  verify: verifyUrlToken,
  split: (request) => [withPairsAsJson(request)],

  identify(request, payload, source): Identity {
    const written = typeFrom(at(payload, "event_type"));
    const eventType = (written === UNKNOWN_TYPE ? typeFrom(source?.settings.event_type) : written).toLowerCase();
    const correlation = keyFrom(at(payload, "correlation_id"));
    return {
      eventKey:
        correlation !== undefined && !isTest(payload)
          ? correlation
          : (naturalKey(request, payload, eventType) ?? keyOfBody(request)),
      logicalKey: logicalKeyIn(payload, eventType),
      eventType,
      organisationId: source?.organisationId,
      companyId: source?.companyId,
      objectId: leadIdOf(payload),
      occurredAt: timeFrom(at(payload, "timestamp")),
      writtenTime: at(payload, "timestamp"),
      // Its "Test" button sends an invented lead.
      ...(isTest(payload) && { livemode: false }),
    };
  },

  projections: heyreachProjections,
  summary: heyreachSummary,
  api: heyreachApi,
  eventTypes: {
    aliases: {
      reply: ["message_reply_received", "every_message_reply_received", "inmail_reply_received"],
      replied: ["message_reply_received", "every_message_reply_received", "inmail_reply_received"],
      sent: ["message_sent", "inmail_sent"],
      connection: ["connection_request_sent", "connection_request_accepted"],
      connected: ["connection_request_accepted"],
    },
  },
};

/** `Message sent` and `MESSAGE_SENT`, as HeyReach shows it, are `message_sent`. */
function readEventType(text: string): { value: string } | { problem: string } {
  const type = text
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_");
  return /^[a-z][a-z_]*$/.test(type) ? { value: type } : { problem: "is one event type, such as message_sent." };
}

/**
 * The identity of an event without an id: its conversation, the message before it, and the rest of its body, because two
 * tags may be set after one message.
 */
function naturalKey(request: RawRequest, payload: unknown, eventType: string): string | undefined {
  const messages = at(payload, "recent_messages");
  const last = Array.isArray(messages) ? firstId(at(messages.at(-1), "creation_time")) : undefined;
  const when = last ?? firstId(at(payload, "timestamp"));
  const who = leadIdOf(payload) ?? firstId(at(payload, "campaign", "id"));
  if (when === undefined || who === undefined) return undefined;
  const where = [firstId(at(payload, "campaign", "id")), firstId(at(payload, "conversation_id"))];
  return hashedKey(eventType, leadIdOf(payload), ...where, when, sha256Hex(contentOf(request)));
}
