/**
 * Telnyx, API v2. Signatures: https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks, Ed25519 over
 * `<timestamp>|<body>` with the public key of the account. Rows: see rows.ts.
 */
import { generateKeyPairSync } from "node:crypto";
import { decodeBase64, ed25519Verify, isStale, parseUnixTimestamp } from "../hmac";
import { membersOf } from "../json-bytes";
import {
  acceptAs,
  contentOf,
  header,
  type Identity,
  type Provider,
  type RawRequest,
  refuse,
  refuseRepeated,
} from "../provider";
import { at, idFrom, keyFrom, keyOfBody, LARGE_BYTES, timeFrom, typeFrom } from "../shape";
import { telnyxApi } from "./api";
import { telnyxProjections } from "./rows";
import { telnyxSamples } from "./sample";
import { telnyxIdIn, telnyxSummary } from "./summary";
import { identifyTexml, isForm } from "./texml";
import { writtenTime } from "./written-time";

/** Conversations of AI assistants and transcriptions are in the body. Telnyx publishes no limit. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

export const telnyx: Provider = {
  slug: "telnyx",
  label: "Telnyx",
  mark: "Te",
  scheme: "Ed25519 signature of timestamp and body in telnyx-signature-ed25519, within 5 minutes",
  setup:
    "In the Telnyx portal, set this URL as the webhook URL of your messaging profile or voice application. Then set TELNYX_PUBLIC_KEY to the public key under Account Settings → Keys & Credentials.",
  secretsVariable: "TELNYX_PUBLIC_KEY",
  localSecrets: keyPair,
  // Voice applications may be set to GET, which has its data in the query.
  methods: ["POST", "GET"],
  refusalStatus: 400,
  maxBodyBytes: MAX_BODY_BYTES,
  samples: telnyxSamples,
  secretHeaders: ["telnyx-signature-ed25519"],

  verify(request, context) {
    const repeated = refuseRepeated(request, ["telnyx-signature-ed25519", "telnyx-timestamp"]);
    if (repeated) return repeated;
    const sent = header(request, "telnyx-signature-ed25519")?.trim();
    if (!sent) return refuse("unsigned", "The telnyx-signature-ed25519 header is missing.");
    const written = header(request, "telnyx-timestamp");
    const timestamp = parseUnixTimestamp(written);
    if (timestamp === undefined) return refuse("malformed", "telnyx-timestamp must be a time in unix seconds.");
    const signature = decodeBase64(sent);
    if (signature?.length !== 64) return refuse("malformed", "The signature must be 64 bytes in base64.");
    const matches = context.secrets.some((key) => ed25519Verify(key, signature, `${written}|`, request.body));
    if (!matches && isSignedWithoutQuery(request, context.secrets, signature, written)) {
      const way = "Set the method of this webhook to POST: then what it says is signed, too.";
      return refuse(
        "bad_signature",
        `The signature is right, but of an empty body: it does not cover the query. ${way}`,
      );
    }
    if (!matches) return refuse("bad_signature", "The signature matches no configured Telnyx public key.");
    if (isStale(timestamp, context.now)) return refuse("stale", "The signature is right but not from these 5 minutes.");
    return acceptAs("signed", request);
  },

  identify(request, payload): Identity {
    if (payload === undefined && isForm(request)) return identifyTexml(request);
    const data = at(payload, "data");
    const subject = at(data, "payload");
    return {
      eventKey: keyFrom(at(data, "id")) ?? keyOfBody(request, parseUnixTimestamp(header(request, "telnyx-timestamp"))),
      // link_clicked has neither the `data` wrapper nor an id.
      eventType: typeFrom(at(data, "event_type") ?? at(payload, "record_type")),
      organisationId:
        idFrom(at(subject, "organization_id")) ??
        idFrom(at(subject, "connection_id")) ??
        idFrom(at(subject, "messaging_profile_id")),
      objectId:
        idFrom(at(subject, "call_control_id")) ?? idFrom(at(subject, "id")) ?? idFrom(at(payload, "message_id")),
      occurredAt: timeFrom(writtenTime(payload)),
      writtenTime: writtenTime(payload),
      fingerprint: withoutMeta(data, contentOf(request)),
    };
  },

  projections: telnyxProjections,
  summary: telnyxSummary,
  api: telnyxApi,
  searchTextIn: telnyxIdIn,
  eventTypes: { form: /^[a-z0-9_-]+[._][a-z0-9_.-]+$/ },
};

/** An event is never made of values that are not signed: anyone who saw one signature could send any query with it. */
function isSignedWithoutQuery(
  { method }: RawRequest,
  keys: readonly string[],
  signature: Buffer,
  written: string | undefined,
): boolean {
  return method === "GET" && keys.some((key) => ed25519Verify(key, signature, `${written}|`, Buffer.alloc(0)));
}

/** `meta` has the number and the URL of the attempt, so it differs between retries of one event; `data` never does. */
function withoutMeta(data: unknown, content: Buffer): string | Buffer | undefined {
  if (content.length > LARGE_BYTES) return membersOf(content).get("data");
  try {
    return JSON.stringify(data);
  } catch {
    // Nested too deeply to print: the bytes are used instead.
    return undefined;
  }
}

/** Raw 32-byte keys in base64. The private one only signs samples. */
function keyPair() {
  const { x, d } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const base64 = (part: string | undefined) => Buffer.from(part ?? "", "base64url").toString("base64");
  return { TELNYX_PUBLIC_KEY: base64(x), TELNYX_PRIVATE_KEY: base64(d) };
}
