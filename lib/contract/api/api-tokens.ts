/** API tokens: how programs sign in. */
import { z } from "zod";
import { SCOPE_NAMES } from "../scopes";
import { name, organisations, role } from "./staff";
import { time } from "./values";

const scope = z.enum(SCOPE_NAMES);

/** `POST /api/tokens` */
export const createTokenRequest = z.strictObject({
  name,
  scopes: z
    .array(scope)
    .min(1, "must name at least one scope")
    .transform((scopes) => [...new Set(scopes)]),
  expires_in_days: z.int().min(1).max(365, "must be a year at most"),
  organisations: organisations.optional().describe("Default: those of its owner. It can never have more."),
});

const apiToken = z
  .object({
    id: z.string(),
    name: z.string(),
    hint: z.string().describe("Its last four characters."),
    kind: z.enum(["console", "command_line"]).describe("command_line: made by `npm run token`."),
    scopes: z.array(scope),
    role: role.nullable().describe("What one of the command line may, where no scope says it."),
    created_by: z.string(),
    organisations: z
      .array(z.string())
      .nullable()
      .describe("As they are now, within those of its maker. Null: all organisations."),
    owner_role: role.nullable(),
    status: z.enum(["active", "expired", "revoked", "owner_disabled"]),
    created_at: time,
    expires_at: time,
    last_used_at: time.nullable().describe("To the minute."),
    revoked_at: time.nullable(),
  })
  .meta({ id: "ApiToken" });

export type ApiToken = z.infer<typeof apiToken>;

export const tokenList = z.object({ tokens: z.array(apiToken) });

export const tokenAnswer = apiToken;

export const newToken = z.object({ api_token: apiToken, token: z.string().describe("Shown only once.") });

export type NewApiToken = z.infer<typeof newToken>;
