/** Requests and answers about people, tokens and the audit log. Strict, so that no other field can be set. */
import { z } from "zod";
import { Constants } from "@/lib/db/database.types";
import { refuseReversed } from "../event-filter";
import { SCOPE_NAMES } from "../scopes";
import { SHORTEST_PASSWORD } from "../staff";
import { count, givenEnd, givenTime, list, time } from "./values";

const role = z.enum(Constants.public.Enums.staff_role);
const scope = z.enum(SCOPE_NAMES);
const email = z.string().trim().toLowerCase().pipe(z.email("must be an e-mail address").max(320));
const name = z.string().trim().min(1, "must not be empty").max(100);

const LONGEST_PASSWORD = 1024;

const MOST_ORGANISATIONS = 200;
const organisations = z
  .array(z.string().trim().min(1).max(255))
  .min(1, "must name at least one organisation, or be null for all of them")
  .max(MOST_ORGANISATIONS)
  .transform((names) => [...new Set(names)].sort())
  .nullable()
  .describe("Whose events may be seen and acted on; null is all of them, and what has no organisation.");

/** `POST /api/staff` */
export const inviteRequest = z.strictObject({
  email,
  role,
  organisations: organisations.optional().describe("Default: those of the person who invites."),
});

/** `PATCH /api/staff/{id}` */
export const changeStaffRequest = z
  .strictObject({
    role: role.optional(),
    disabled: z.boolean().optional(),
    organisations: organisations.optional(),
    tokens: z
      .union([z.literal("revoke"), z.strictObject({ hand_over_to: z.uuid().toLowerCase() })])
      .optional()
      .describe(
        "When disabling: what happens to active API tokens. An active administrator takes them over, or they are revoked.",
      ),
  })
  .refine(({ tokens: _, ...change }) => Object.values(change).some((value) => value !== undefined), {
    error: 'is {"role": "support"}, {"disabled": true}, {"organisations": ["acme"]} or several of them',
  });
export type StaffChange = z.infer<typeof changeStaffRequest>;

/** `DELETE /api/sign-in-limits` */
export const liftRequest = z.strictObject({
  kind: z.enum(["account", "address"]),
  subject: z.string().trim().min(1, "must not be empty").max(320).describe("The e-mail, or the address."),
});

/** `POST /api/invitations/accept` */
export const acceptRequest = z.strictObject({
  token: z.string().min(1).max(200).describe("The end of the link, after /invitation/."),
  name,
  password: z
    .string()
    .min(SHORTEST_PASSWORD, `must have at least ${SHORTEST_PASSWORD} characters`)
    .max(LONGEST_PASSWORD),
});

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

const filter = {
  actor: z.string().max(255).optional().describe("The name of a person or a token."),
  action: list(z.string().max(100)).optional().describe("Such as staff.invite."),
  subject: z.string().max(320).optional().describe("An id such as wr_12, or a person's e-mail."),
  range: z.enum(["15m", "1h", "24h", "7d", "30d"], "is 15m, 1h, 24h, 7d or 30d").optional(),
  from_ts: givenTime.optional().describe("Inclusive."),
  to_ts: givenEnd.optional(),
};

/** `GET /api/audit` */
export const auditRequest = z
  .object({
    ...filter,
    limit: z.coerce.number().int().min(1).max(500).default(50),
    cursor: z
      .string()
      .regex(/^\d{1,17}\.\d{1,17}$/, "is not valid; start again without it")
      .optional(),
  })
  .superRefine(refuseReversed);

/** `GET /api/audit/export` */
export const auditExportRequest = z
  .object({ ...filter, format: z.enum(["csv", "json"]).default("csv") })
  .superRefine(refuseReversed);

const staffMember = z
  .object({
    id: z.uuid(),
    email: z.string(),
    name: z.string(),
    role,
    organisations: z.array(z.string()).nullable().describe("Null: all organisations."),
    status: z.enum(["active", "invited", "disabled"]),
    created_at: time,
    last_sign_in_at: time.nullable(),
    disabled_at: time.nullable(),
    link_expires_at: time.nullable().describe("Until when an unused link lets this person set a password."),
    active_tokens: count.describe("Active tokens of this person. Disabling the person asks what happens to them."),
  })
  .meta({ id: "StaffMember" });
export type StaffMember = z.infer<typeof staffMember>;

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

const staffSession = z
  .object({
    id: z.string(),
    address: z.string(),
    user_agent: z.string(),
    created_at: time,
    last_seen_at: time.describe("To five minutes."),
    expires_at: time,
    is_current: z.boolean().describe("The session that asks."),
  })
  .meta({ id: "StaffSession" });
export type StaffSession = z.infer<typeof staffSession>;

const signInLimit = z
  .object({
    kind: z.enum(["account", "address"]),
    subject: z.string().describe("The e-mail; the address, of IPv6 its /64."),
    guesses: count,
    until: time.describe("When the next attempt is evaluated."),
  })
  .meta({ id: "SignInLimit" });
export type SignInLimit = z.infer<typeof signInLimit>;

const staffAction = z
  .object({
    id: z.int(),
    at: time,
    actor: z.string(),
    actor_id: z.string(),
    action: z.string(),
    subject: z.string(),
    details: z.record(z.string(), z.unknown()),
    request_id: z.string().nullable(),
  })
  .meta({ id: "StaffAction" });
export type StaffAction = z.infer<typeof staffAction>;

export const staffList = z.object({ staff: z.array(staffMember) });
export const staffAnswer = staffMember;
const invitation = z.object({ url: z.url().describe("Shown only once. Works once."), expires_at: time });
export type Invitation = z.infer<typeof invitation>;
export const invitationAnswer = z.object({ staff: staffMember, invitation });
export type StaffWithInvitation = z.infer<typeof invitationAnswer>;
export const acceptAnswer = z.object({ email: z.string().describe("To sign in with.") });
export const sessionList = z.object({ sessions: z.array(staffSession) });
export const sessionsEnded = z.object({ ended: count.describe("How many sessions that ended.") });
export const signInLimits = z.object({ limits: z.array(signInLimit) });
export const organisationList = z.object({ organisations: z.array(z.string()).describe("By name, at most 200.") });
export const tokenList = z.object({ tokens: z.array(apiToken) });
export const tokenAnswer = apiToken;
export const newToken = z.object({ api_token: apiToken, token: z.string().describe("Shown only once.") });
export type NewApiToken = z.infer<typeof newToken>;
export const auditPage = z.object({ actions: z.array(staffAction), next_cursor: z.string().nullable() });
export type StaffActionPage = z.infer<typeof auditPage>;
