/** Secrets that are shown once and stored as their SHA-256: API tokens and one-time links. */
import { createHash, randomBytes } from "node:crypto";

/** 256 bits cannot be guessed, so a plain hash is enough and is found with one index lookup. */
const BYTES = 32;

/** A new secret, in characters that URLs and headers take unescaped. */
export function makeSecret(): string {
  return randomBytes(BYTES).toString("base64url");
}

/** The stored form of a secret: SHA-256, in hexadecimal. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
