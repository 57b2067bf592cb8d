/**
 * Any sender of Standard Webhooks, Svix included. Specification:
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */

import { isUtf8 } from "node:buffer";
import { randomBytes } from "node:crypto";
import { customerSummary } from "../customer-data";
import { decodeBase64, ed25519Verify, hmacSha256, isStale, parseUnixTimestamp, sameDigest, sha256Hex } from "../hmac";
import {
  acceptAs,
  header,
  headerBytes,
  headerText,
  type Identity,
  type Provider,
  type RawRequest,
  refuse,
  refuseContradiction,
  refuseRepeated,
} from "../provider";
import { at, booleanFrom, idFrom, keyFrom, timeFrom, typeFrom } from "../shape";
import { standardApi } from "./api";
import { standardSamples } from "./sample";

const FAMILIES = ["webhook", "svix"] as const;
const NAMES = ["id", "timestamp", "signature"] as const;
const SECRET_PREFIX = "whsec_";
const PUBLIC_KEY_PREFIX = "whpk_";
/** A shorter key is a configuration mistake, and matches nothing. */
const SHORTEST_SECRET_BYTES = 8;
/** Senders sign once per active key. With more, an attacker could use minutes of our CPU with one request. */
const MOST_SIGNATURES = 10;

/** Any sender: the specification recommends small payloads and sets no limit, and the largest known one is 25 MB (GitHub). */
const MAX_BODY_BYTES = 25 * 1024 * 1024;
/** Ours have these names, so they are passed on as x-redrive-original-…: see `Provider.forwardHeaders`. */
const IDS = FAMILIES.flatMap((family) => [`${family}-id`, `${family}-timestamp`]);
const SIGNED_WITH_TEXT =
  "It is signed with the text of the secret instead of the bytes that the text encodes, as Polar did before September 2026. " +
  "Set STANDARD_WEBHOOK_SECRET to the base64 of the whole text: printf %s 'the secret' | base64 -w0";

export const standard: Provider = {
  slug: "standard",
  label: "Standard Webhooks",
  mark: "Sw",
  scheme: "Standard Webhooks: v1 (HMAC-SHA256) or v1a (Ed25519) of id, timestamp and body, within 5 minutes",
  setup:
    "Enter this URL at any sender that follows Standard Webhooks, Svix among them. Then set STANDARD_WEBHOOK_SECRET to the secret it shows (whsec_…), or to its public key (whpk_…).",
  secretsVariable: "STANDARD_WEBHOOK_SECRET",
  localSecrets: () => ({ STANDARD_WEBHOOK_SECRET: `whsec_${randomBytes(24).toString("base64")}` }),
  refusalStatus: 401,
  maxBodyBytes: MAX_BODY_BYTES,
  samples: standardSamples,
  secretHeaders: ["webhook-signature", "svix-signature"],
  forwardHeaders: IDS,

  verify(request, context) {
    const unclear =
      refuseRepeated(
        request,
        FAMILIES.flatMap((family) => NAMES.map((name) => `${family}-${name}`)),
      ) ??
      refuseContradiction(
        request,
        NAMES.map((name) => [`webhook-${name}`, `svix-${name}`] as const),
      );
    if (unclear) return unclear;
    const { id, written, signatures } = headersOf(request);
    if (!signatures) return refuse("unsigned", "The webhook-signature header is missing.");
    const timestamp = parseUnixTimestamp(written);
    if (!id || timestamp === undefined) {
      return refuse("malformed", "webhook-id and webhook-timestamp (unix seconds) are both needed.");
    }
    const prefixes = spellingsOf(id).map((spelling) => Buffer.concat([spelling, Buffer.from(`.${written}.`)]));
    const isSigned = prefixes.some((prefix) =>
      context.secrets.some((key) => matches(key, signatures, [prefix, request.body])),
    );
    if (!isSigned) {
      const isText = prefixes.some((prefix) =>
        context.secrets.some((key) => isSignedWithText(key, signatures, [prefix, request.body])),
      );
      return refuse(
        "bad_signature",
        isText ? SIGNED_WITH_TEXT : "No v1 or v1a signature matches the body and a configured key.",
      );
    }
    if (isStale(timestamp, context.now)) return refuse("stale", "The signature is right but not from these 5 minutes.");
    return acceptAs("signed", request);
  },

  identify(request, payload): Identity {
    const id = headerText(headersOf(request).id ?? "");
    return {
      // Equal bodies with different ids are different events, so an id that is too long is hashed, instead of the body.
      eventKey: keyFrom(id) ?? `sha256:${sha256Hex(id)}`,
      eventType: typeFrom(at(payload, "type")),
      objectId: idFrom(at(payload, "data", "id")),
      occurredAt: timeFrom(at(payload, "timestamp")),
      writtenTime: at(payload, "timestamp"),
      livemode: booleanFrom(at(payload, "livemode")),
    };
  },

  summary: ({ eventType, payload }) => customerSummary(at(payload, "data"), eventType),
  api: standardApi,
};

/** All headers come from one family of names, never from both. */
function headersOf(request: RawRequest) {
  const family = header(request, "webhook-signature") === undefined ? "svix" : "webhook";
  return {
    id: header(request, `${family}-id`),
    written: header(request, `${family}-timestamp`),
    signatures: header(request, `${family}-signature`)?.trim(),
  };
}

/**
 * The bytes of an id that may have been signed. First the received ones. When they are not UTF-8, the sender wrote Latin-1
 * into the header and signed the text as UTF-8, as Node's own clients do.
 */
function spellingsOf(id: string): Buffer[] {
  const received = headerBytes(id);
  return isUtf8(received) ? [received] : [received, Buffer.from(id, "utf8")];
}

/** The kind of the configured key decides which signature version is checked; unknown versions are skipped. */
function matches(key: string, signatures: string, signed: readonly [Buffer, Buffer]): boolean {
  const isPublicKey = key.startsWith(PUBLIC_KEY_PREFIX);
  const candidates = candidatesOf(signatures, isPublicKey ? "v1a," : "v1,");
  if (isPublicKey) {
    const publicKey = key.slice(PUBLIC_KEY_PREFIX.length);
    return candidates.some((candidate) => ed25519Verify(publicKey, candidate, ...signed));
  }
  const secret = secretBytes(key);
  return secret !== undefined && isSignedWith(secret, candidates, signed);
}

/**
 * Whether the text of a configured secret signed, prefix and all, instead of the bytes it encodes: Polar did so before
 * September 2026. It is refused, because a text may be short and easy to guess, but the operator is told what to configure.
 */
function isSignedWithText(key: string, signatures: string, signed: readonly [Buffer, Buffer]): boolean {
  if (key.startsWith(PUBLIC_KEY_PREFIX)) return false;
  return isSignedWith(Buffer.from(key, "utf8"), candidatesOf(signatures, "v1,"), signed);
}

function isSignedWith(
  secret: Buffer,
  candidates: readonly (Buffer | undefined)[],
  signed: readonly [Buffer, Buffer],
): boolean {
  const expected = hmacSha256(secret, ...signed);
  return candidates.some((candidate) => sameDigest(expected, candidate));
}

function candidatesOf(signatures: string, version: string): (Buffer | undefined)[] {
  return signatures
    .split(" ")
    .filter((signature) => signature.startsWith(version))
    .slice(0, MOST_SIGNATURES)
    .map((signature) => decodeBase64(signature.slice(version.length)));
}

/** Base64 with or without the prefix, and with or without padding: libraries print all four. */
function secretBytes(key: string): Buffer | undefined {
  const text = key.startsWith(SECRET_PREFIX) ? key.slice(SECRET_PREFIX.length) : key;
  const bytes = decodeBase64(text.padEnd(Math.ceil(text.length / 4) * 4, "="));
  return bytes !== undefined && bytes.length >= SHORTEST_SECRET_BYTES ? bytes : undefined;
}
