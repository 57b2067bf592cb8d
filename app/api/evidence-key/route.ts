import { handleOpen } from "@/app/api/handle";
import { fingerprintOf, publicPem, signingKey } from "@/lib/evidence/key";

/** The public key that signs evidence. Public: who checks a bundle is often outside. */
export const GET = handleOpen(async () => {
  const public_key = publicPem(signingKey());
  return { algorithm: "Ed25519", public_key, public_key_sha256: fingerprintOf(public_key) };
});
