/** How a source's API is asked: its keys, and how the provider is set up to send. */
import { z } from "zod";
import { ID_PATTERN } from "../ids";
import { count, time } from "./values";

export const givenSource = z
  .string()
  .regex(ID_PATTERN.source, "must be a source's id such as so_12")
  .describe("A source with its own URL. Left out: the provider's default endpoint.");

export const configurationProblem = z.object({
  code: z.string(),
  title: z.string(),
  way_out: z.string(),
  repair: z.string().nullable().describe("What `repair` would do; null where the API cannot repair it."),
});

export type ConfigurationProblem = z.infer<typeof configurationProblem>;

/** `GET /api/coverage` */
export const credentialField = z.object({
  name: z.string(),
  label: z.string(),
  help: z.string(),
  variable: z.string().describe("The environment variable of the default endpoint."),
  is_secret: z.boolean(),
  is_optional: z.boolean(),
  value: z.string().nullable().describe("Of a secret one only the last characters. Null when there is none."),
});

export type CredentialField = z.infer<typeof credentialField>;

export const credentialState = z
  .object({
    from: z.enum(["console", "environment"]).nullable().describe("Where they are from. Null without any."),
    is_complete: z.boolean(),
    fields: z.array(credentialField),
    rights: z.string().describe("What the key has to be allowed, and where it is made."),
    tested_at: time.nullable(),
    problem: z.string().nullable().describe("Why the last test failed."),
    updated_at: time.nullable(),
  })
  .meta({ id: "ApiCredentials" });

export type CredentialState = z.infer<typeof credentialState>;

/** Which source of a provider: the query of the requests below. */
export const ofSource = z.object({ source_id: givenSource.optional() });

/** `PUT /api/coverage/{provider_slug}/credentials` */
export const setCredentialsRequest = z.strictObject({
  source_id: givenSource.optional(),
  fields: z
    .record(z.string().max(60), z.string().trim().max(2_000))
    .describe("By name, as `fields` of coverage names them. A secret one that is left out stays as it is."),
});

/** `POST /api/coverage/{provider_slug}/credentials/test` */
export const testCredentialsRequest = z.strictObject({
  source_id: givenSource.optional(),
  fields: z
    .record(z.string().max(60), z.string().trim().max(2_000))
    .optional()
    .describe("To try before they are stored. Left out: the stored ones."),
});

export const credentialTest = z.object({
  works: z.boolean(),
  problem: z.string().nullable(),
  kind: z.string().nullable().describe("unauthorised, forbidden, rate_limited, network, …"),
  milliseconds: count,
});

export type CredentialTest = z.infer<typeof credentialTest>;

/** `GET /api/coverage/{provider_slug}/configuration` */
export const configurationAnswer = z.object({
  subscribed_types: z.array(z.string()).nullable(),
  problems: z.array(configurationProblem),
  checked_at: time,
});

export type ConfigurationState = z.infer<typeof configurationAnswer>;

/** `POST /api/coverage/{provider_slug}/configuration/repair` */
export const repairRequest = z.strictObject({
  source_id: givenSource.optional(),
  code: z.string().min(1).max(120).describe("The code of the problem."),
});
