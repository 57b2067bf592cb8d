/** Secrets that are shown once and kept as their sha256: API tokens and links for people. */
import { createHash, randomBytes } from "node:crypto";

/** 256 bit: nobody guesses one, so a plain hash is enough, and finding it again is one step in an index. */
const BYTES = 32;

/** A new secret, in characters that stand in URLs and headers as they are. */
export function makeSecret(): string {
  return randomBytes(BYTES).toString("base64url");
}

/** How the database knows a secret: sha256, in hexadecimal. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
