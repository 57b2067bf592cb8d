/** Requests and answers about people and their sessions. Strict, so that no other field can be set. */
import { z } from "zod";
import { Constants } from "@/lib/db/database.types";
import { SHORTEST_PASSWORD } from "../staff";
import { count, time } from "./values";

export const role = z.enum(Constants.public.Enums.staff_role);
const email = z.string().trim().toLowerCase().pipe(z.email("must be an e-mail address").max(320));
export const name = z.string().trim().min(1, "must not be empty").max(100);

const LONGEST_PASSWORD = 1024;

const MOST_ORGANISATIONS = 200;
export const organisations = z
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
