/** `POST /admin/webhooks/test-endpoint` of the Globapay runbook: its request and its answer, with our additions. */
import { z } from "zod";
import { count, errorClass, time } from "./values";

const LARGEST_PAYLOAD = 64 * 1024;

export const endpointTestRequest = z.strictObject({
  merchantId: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe("For whom it is tested: kept with the action, and whose destination signs it."),
  url: z.string().min(1, "enter the URL to test"),
  testPayload: z
    .unknown()
    .refine((payload) => (JSON.stringify(payload) ?? "").length <= LARGEST_PAYLOAD, "must have at most 64 KB")
    .optional()
    .describe("The JSON to send. Default: a webhook.test event."),
  secret: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]{8,512}={0,2}$/, "must be whsec_ and base64, as the destination shows it once")
    .optional()
    .describe(
      "Signs the request, and is not stored. Without it the secrets of the destination with this URL do, for a payload whose " +
        "eventType is webhook.test.",
    ),
});

export const endpointTest = z
  .object({
    success: z.boolean().describe("It answered 2xx."),
    responseCode: z.int().nullable(),
    responseTime: count.describe("Milliseconds from the DNS lookup to the end of the answer."),
    responseHeaders: z.record(z.string(), z.string()),
    responseBody: z.unknown().describe("Parsed when it is JSON, else text; null when there was none."),
    signed: z.boolean().describe("Whether the request had a webhook-signature."),
    truncated: z.boolean().describe("The body was longer than the 16 KB that are kept, or broke off."),
    error_class: errorClass.nullable(),
    error: z.string().nullable(),
    hint: z.string().nullable(),
    dns: z.object({ ok: z.boolean(), addresses: count, ms: count }).nullable(),
    tls: z
      .object({
        issuer: z.string(),
        subject: z.string(),
        valid_to: time,
        days_left: z.int(),
        protocol: z.string(),
      })
      .nullable(),
  })
  .meta({ id: "EndpointTest" });
export type EndpointTest = z.infer<typeof endpointTest>;
