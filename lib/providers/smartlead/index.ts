/**
 * Smartlead, e-mail campaigns. It does not sign: every body has the same `secret_key`, in clear, which is compared here and
 * masked wherever a payload is shown. https://help.smartlead.ai, and observed requests. Rows: see rows.ts.
 */
import { randomUUID } from "node:crypto";
import { withPairsAsJson } from "../form";
import { sha256Hex } from "../hmac";
import { textMemberOf } from "../json-bytes";
import { firstId, hashedKey } from "../outreach-rows";
import { acceptAs, contentOf, type Identity, type Provider, refuse } from "../provider";
import { at, idFrom, keyFrom, keyOfBody, membersInCommon, timeFrom, typeFrom } from "../shape";
import { isOneOf } from "../url-token";
import { smartleadApi } from "./api";
import { logicalKeyOf } from "./mails";
import { leadEmailOf, smartleadProjections } from "./rows";
import { smartleadSamples } from "./sample";
import { smartleadSummary } from "./summary";

/** LEAD_CATEGORY_UPDATED has the whole correspondence with the lead, in HTML: over 400 KB in captures, without a limit. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** Documented types that write no rows. */
const OTHER_TYPES = ["FIRST_EMAIL_SENT", "MANUAL_STEP_REACHED", "EMAIL_ACCOUNT_DISCONNECTED", "LINKEDIN_DISCONNECTED"];

export const smartlead: Provider = {
  slug: "smartlead",
  label: "Smartlead",
  mark: "Sl",
  scheme: "Not signed: a static secret_key in the body, or a secret token in the URL",
  setup:
    "In Smartlead, open Settings → Webhooks and add this URL with its events. Then set SMARTLEAD_WEBHOOK_SECRET to the secret_key that its payloads carry.",
  secretsVariable: "SMARTLEAD_WEBHOOK_SECRET",
  localSecrets: () => ({ SMARTLEAD_WEBHOOK_SECRET: randomUUID() }),
  secretFields: ["secret_key"],
  refusalStatus: 401,
  maxBodyBytes: MAX_BODY_BYTES,
  samples: smartleadSamples,
  secretHeaders: [],
  // Its guides call this the id of the delivery.
  forwardHeaders: ["x-request-id"],

  verify(request, context) {
    if (context.source) return acceptAs("token", request);
    const given = textMemberOf(contentOf(withPairsAsJson(request)), "secret_key");
    if (!given) return refuse("unsigned", "The body carries no secret_key.");
    if (!isOneOf(context.secrets, given)) return refuse("bad_signature", "The secret_key is not a configured one.");
    return acceptAs("token", request);
  },

  split: (request) => [withPairsAsJson(request)],

  identify(request, payload, source): Identity {
    const eventType = typeFrom(at(payload, "event_type"));
    const occurredAt = timeFrom(at(payload, "event_timestamp"));
    // One event is sent once per registered webhook.
    const fingerprint = membersInCommon(payload, contentOf(request), REGISTRATION);
    return {
      eventKey:
        keyFrom(at(payload, "event_id")) ??
        naturalKey(payload, fingerprint ?? contentOf(request)) ??
        keyOfBody(request),
      logicalKey: logicalKeyIn(payload, eventType),
      eventType,
      organisationId: source?.organisationId,
      // The client of an agency's account; most accounts have none.
      companyId: source?.companyId ?? idFrom(at(payload, "client_id")),
      objectId: leadEmailOf(payload),
      occurredAt,
      writtenTime: at(payload, "event_timestamp"),
      fingerprint,
    };
  },

  projections: smartleadProjections,
  summary: smartleadSummary,
  api: smartleadApi,
  eventTypes: {
    known: [...Object.keys(smartleadProjections), ...OTHER_TYPES],
    aliases: {
      reply: ["EMAIL_REPLY"],
      replied: ["EMAIL_REPLY"],
      email_replied: ["EMAIL_REPLY"],
      sent: ["EMAIL_SENT"],
      open: ["EMAIL_OPEN"],
      opened: ["EMAIL_OPEN"],
      click: ["EMAIL_LINK_CLICK"],
      clicked: ["EMAIL_LINK_CLICK"],
      bounce: ["EMAIL_BOUNCE"],
      bounced: ["EMAIL_BOUNCE"],
      unsubscribe: ["LEAD_UNSUBSCRIBED"],
      unsubscribed: ["LEAD_UNSUBSCRIBED"],
      untracked_reply: ["UNTRACKED_REPLIES"],
    },
  },
};

/**
 * The identity of an event without an id: its mail, step, time and reply. Its time has whole seconds, so two clicks or two
 * changes of a category may have all of these in common: the rest of the body tells them apart.
 */
function naturalKey(payload: unknown, rest: string | Buffer): string | undefined {
  const email = leadEmailOf(payload);
  const mail = idFrom(at(payload, "stats_id")) ?? (email && `${idFrom(at(payload, "campaign_id")) ?? ""}:${email}`);
  const reply = at(payload, "reply_message", "message_id");
  const timestamp = at(payload, "event_timestamp");
  if (typeof timestamp !== "string" || (mail ?? firstId(reply)) === undefined) return undefined;
  const step = firstId(at(payload, "sequence_number"));
  return hashedKey(at(payload, "event_type"), mail, step, timestamp, firstId(reply), sha256Hex(rest));
}

function logicalKeyIn(payload: unknown, eventType: string): string | undefined {
  return logicalKeyOf(eventType, {
    mail: firstId(at(payload, "stats_id")),
    campaign: firstId(at(payload, "campaign_id")),
    lead: leadEmailOf(payload),
    repliedAt: timeFrom(at(payload, "time_replied")) ?? timeFrom(at(payload, "reply_message", "time")),
  });
}

/** What the copies of one event differ in. */
const REGISTRATION = new Set(["webhook_id", "webhook_name", "webhook_url", "metadata", "secret_key"]);
