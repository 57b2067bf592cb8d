/** The key that signs evidence: Ed25519, derived from ENCRYPTION_KEY, so that every process of an installation has the same. */
import { createHash, createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from "node:crypto";
import { environment, keyBytes } from "@/lib/env";
import { Refusal } from "@/lib/refusals";

const PURPOSE = "redrive evidence v1";
const SEED_BYTES = 32;
/** What precedes the seed in a private key of Ed25519 (RFC 8410). */
const PKCS8_OF_ED25519 = Buffer.from("302e020100300506032b657004220420", "hex");

/** Throws a `Refusal` when ENCRYPTION_KEY is not set. */
export function signingKey(): KeyObject {
  const master = keyBytes(environment().ENCRYPTION_KEY ?? "");
  if (!master) throw new Refusal("no_evidence_key");
  const seed = Buffer.from(hkdfSync("sha256", master, Buffer.alloc(0), PURPOSE, SEED_BYTES));
  return createPrivateKey({ key: Buffer.concat([PKCS8_OF_ED25519, seed]), format: "der", type: "pkcs8" });
}

/** The public half, as PEM: the form that openssl and every library reads. */
export function publicPem(key: KeyObject): string {
  const publicKey = key.type === "private" ? createPublicKey(key) : key;
  return publicKey.export({ format: "pem", type: "spki" }).toString();
}

/** The SHA-256 of the public key (DER), in hex: short enough to compare on the telephone. */
export function fingerprintOf(pem: string): string {
  const der = createPublicKey(pem).export({ format: "der", type: "spki" });
  return createHash("sha256").update(der).digest("hex");
}
