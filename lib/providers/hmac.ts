/** The parts of all signature checks. Nothing here throws on invalid input: what cannot be parsed does not match. */
import { createHash, createHmac, createPublicKey, type KeyObject, timingSafeEqual, verify } from "node:crypto";

type Bytes = Buffer | string;

/** Standard Webhooks and the SDKs of Telnyx and Stripe all allow five minutes. */
const TOLERANCE_SECONDS = 300;

/** DER of an Ed25519 public key up to the key itself (RFC 8410, section 4). */
const ED25519_SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

export function hmacSha256(key: Bytes, ...parts: Bytes[]): Buffer {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

/** Compares digests in constant time. Their lengths are public, and `timingSafeEqual` throws when they differ. */
export function sameDigest(expected: Buffer, received: Buffer | undefined): boolean {
  return received !== undefined && received.length === expected.length && timingSafeEqual(expected, received);
}

/**
 * Checks an Ed25519 signature (RFC 8032) of the joined parts. `publicKey` is base64 of the 32 raw bytes, as Telnyx and
 * Standard Webhooks print it.
 */
export function ed25519Verify(publicKey: string, signature: Buffer | undefined, ...parts: Bytes[]): boolean {
  const raw = decodeBase64(publicKey);
  if (raw?.length !== 32 || signature?.length !== 64) return false;
  return verify(
    null,
    Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part))),
    keyObject(publicKey, raw),
    signature,
  );
}

/** Parsing a key costs more than checking a signature with it. Keys are configured by us, so there are few. */
const MOST_KEYS = 100;
const keys = new Map<string, KeyObject>();

function keyObject(publicKey: string, raw: Buffer): KeyObject {
  const known = keys.get(publicKey);
  if (known) return known;
  const key = createPublicKey({ key: Buffer.concat([ED25519_SPKI_PREFIX, raw]), format: "der", type: "spki" });
  if (keys.size >= MOST_KEYS) keys.clear();
  keys.set(publicKey, key);
  return key;
}

/** Strict: Node itself drops an odd digit and everything after the first character that is not hex. */
export function decodeHex(text: string): Buffer | undefined {
  return /^(?:[0-9a-f]{2})+$/i.test(text) ? Buffer.from(text, "hex") : undefined;
}

/** Strict: canonical, padded, standard alphabet. Node itself skips foreign characters and accepts anything after them. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.length > 0 && bytes.toString("base64") === text ? bytes : undefined;
}

/** Unix seconds as senders write them: digits only, no sign, no fraction, no space. */
export function parseUnixTimestamp(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,11}$/.test(text) ? Number(text) : undefined;
}

/**
 * True when a timestamp differs from now by more than the tolerance, in either direction. Exactly the tolerance is fresh.
 */
export function isStale(timestamp: number, now: number, toleranceSeconds = TOLERANCE_SECONDS): boolean {
  return Math.abs(now - timestamp) > toleranceSeconds;
}

export function sha256Hex(...parts: Bytes[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}
