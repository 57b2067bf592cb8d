/** The evidence of an incident: a zip file, and the public key of its signature. */
import { z } from "zod";

/** `GET /api/incidents/{id}/evidence` */
export const evidenceRequest = z.object({
  payloads: z
    .enum(["true", "false"])
    .default("false")
    .describe("true adds the received bytes of each event, which have names and addresses of people."),
});

/** `GET /api/evidence-key` */
export const evidenceKey = z.object({
  algorithm: z.literal("Ed25519"),
  public_key: z.string().describe("PEM."),
  public_key_sha256: z.string().describe("Of the key as DER, in hex: to compare by other means."),
});
