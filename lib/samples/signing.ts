/** Signature algorithms of providers, written from their documentation and without the code that verifies. */
import { createHmac, createPrivateKey, createPublicKey, sign as signEd25519 } from "node:crypto";

export function hmac(key: string | Buffer, prefix: string, body: Buffer): Buffer {
  return createHmac("sha256", key).update(prefix).update(body).digest();
}

/** In base64. `privateSeed`: the 32 bytes of the private key, in base64. */
export function ed25519(privateSeed: string, prefix: string, body: Buffer): string {
  return signEd25519(null, Buffer.concat([Buffer.from(prefix), body]), privateKey(privateSeed)).toString("base64");
}

/** The base64 of the public key that belongs to a private seed. */
export function publicKeyOf(privateSeed: string): string {
  const der = createPublicKey(privateKey(privateSeed)).export({ format: "der", type: "spki" });
  return der.subarray(-32).toString("base64");
}

/** RFC 8410: the DER of a private key is this prefix and the seed. */
function privateKey(privateSeed: string) {
  const der = Buffer.concat([
    Buffer.from("302e020100300506032b657004220420", "hex"),
    Buffer.from(privateSeed, "base64"),
  ]);
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
}
