/**
 * API tokens of the command line: JWTs signed with API_TOKEN_SECRET, made by `npm run token`. Each has an id (jti) and is
 * stored when it is made, so that it is listed and can be revoked. Changing the secret ends all of them.
 */
import { randomUUID } from "node:crypto";
import { decodeJwt, jwtVerify, SignJWT } from "jose";
import type { Scope } from "@/lib/contract/scopes";
import type { StaffRole } from "@/lib/contract/vocabulary";
import { type Arguments, call } from "@/lib/db/client";
import { ConfigurationError, environment } from "@/lib/env";
import type { Organisations } from "@/lib/scope";
import { findApiToken, isApiToken, readApiToken, type TokenReading } from "./api-tokens";
import { type Actor, SCOPES } from "./permissions";
import { hashSecret } from "./secrets";

const ISSUER = "redrive";
const AUDIENCE = "redrive-api";
const ALGORITHM = "HS256";

/** Roles as the runbooks name them. */
const ROLE_NAMES: Record<string, StaffRole> = {
  super_admin: "admin",
  admin: "admin",
  support: "support",
  viewer: "viewer",
};

export interface TokenOrder {
  /** Who uses the token: appears in replays and logs. */
  subject: string;
  /** super_admin, admin, support or viewer. */
  role: string;
  /** Such as `30m`, `12h`, `7 days`. */
  expiresIn: string;
  /** Such as `events:publish`: the token may do that and nothing else, whatever its role. */
  scope?: string;
  /** Only these organisations; all when left out. */
  organisations?: string[];
}

/** A longer life must be asked for explicitly, and `npm run token` then says that it is long. */
export const USUAL_LIFE_DAYS = 30;
export const LONGEST_LIFE_DAYS = 365;
const DAY_SECONDS = 86_400;
const HINT_LENGTH = 4;

export interface SignedToken {
  token: string;
  lifeDays: number;
  /** What `record_signed_token` must store before the token is valid. */
  record: Arguments<"record_signed_token">;
}

/** Makes a token and stores it. Throws as `signToken` does, and when the database does not answer. */
export async function issueToken(order: TokenOrder): Promise<SignedToken> {
  const signed = await signToken(order);
  if (signed.lifeDays <= 0) {
    throw new ConfigurationError(
      `The token cannot be made: it would have ended already (--expires "${order.expiresIn}").`,
    );
  }
  await call("console", "record_signed_token", signed.record);
  return signed;
}

/** Throws `ConfigurationError` for an unknown role or scope, a wrong duration, or a missing API_TOKEN_SECRET. */
export async function signToken({ subject, role, expiresIn, scope, organisations }: TokenOrder): Promise<SignedToken> {
  if (!Object.hasOwn(ROLE_NAMES, role)) {
    throw new ConfigurationError(`There is no role "${role}": use ${Object.keys(ROLE_NAMES).join(", ")}.`);
  }
  if (scope !== undefined && !isScope(scope)) {
    throw new ConfigurationError(`There is no scope "${scope}": use ${Object.keys(SCOPES).join(", ")}.`);
  }
  if (organisations !== undefined && !areOrganisations(organisations)) {
    throw new ConfigurationError("An organisation has 1 to 255 characters; leave --organisation out for all of them.");
  }
  const key = signingKey();
  if (!key) throw new ConfigurationError("API_TOKEN_SECRET is not set: it signs the tokens.");
  const id = randomUUID();
  const token = await new SignJWT({ role, ...(scope && { scope }) })
    .setProtectedHeader({ alg: ALGORITHM, typ: "JWT" })
    .setSubject(subject)
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setJti(id)
    .setIssuedAt()
    .setExpirationTime(checkedLife(expiresIn))
    .sign(key);
  const { iat = 0, exp = 0 } = decodeJwt(token);
  const lifeDays = (exp - iat) / DAY_SECONDS;
  if (lifeDays > LONGEST_LIFE_DAYS) {
    throw new ConfigurationError(
      `A token lives for ${LONGEST_LIFE_DAYS} days at most: --expires "${expiresIn}" is longer.`,
    );
  }
  const record = {
    p_name: subject,
    p_token_hash: hashSecret(id),
    p_hint: token.slice(-HINT_LENGTH),
    p_scopes: scope ? [scope] : [],
    p_expires_at: new Date(exp * 1000).toISOString(),
    ...(!scope && { p_role: ROLE_NAMES[role] as StaffRole }),
    ...(organisations && { p_organisations: organisations }),
  };
  return { token, lifeDays, record };
}

/** Throws `ConfigurationError` for a duration that jose cannot read. */
function checkedLife(expiresIn: string): string {
  try {
    new SignJWT({}).setExpirationTime(expiresIn);
    return expiresIn;
  } catch {
    throw new ConfigurationError(
      `The token cannot be made: --expires "${expiresIn}" is no span of time such as 12h or 7d.`,
    );
  }
}

/** The actor that a token of either kind acts for, or why it is not valid, in a sentence for its bearer. */
export function readToken(token: string): Promise<TokenReading> {
  return isApiToken(token) ? readApiToken(token) : readSignedToken(token);
}

async function readSignedToken(token: string): Promise<TokenReading> {
  const key = signingKey();
  if (!key) return { problem: "API tokens are not configured here: set API_TOKEN_SECRET." };
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ["exp", "sub"],
    });
    if (!payload.jti) return { problem: "The token was created before tokens were recorded. Create a new one." };
    const stored = await findApiToken(payload.jti, "command_line");
    if ("problem" in stored) return stored;
    // The stored row decides, so that the secret alone gives no rights.
    const subject = String(payload.sub);
    const actor: Actor = {
      kind: "token",
      id: subject,
      name: subject,
      role: stored.role,
      organisations: stored.organisations,
      tokenId: stored.id,
    };
    return { actor: stored.role ? actor : { ...actor, scopes: stored.scopes.filter(isScope) } };
  } catch (error) {
    const { code = "" } = error as { code?: string };
    if (!code.startsWith("ERR_J")) throw error;
    const expired = code === "ERR_JWT_EXPIRED";
    return { problem: expired ? "The token has expired: make a new one." : "The token is not valid." };
  }
}

/** A list that is present but empty, or not a list, is a mistake that must not mean "all". */
function areOrganisations(value: unknown): value is NonNullable<Organisations> {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((one) => typeof one === "string" && one.length > 0 && one.length <= 255)
  );
}

function isScope(scope: unknown): scope is Scope {
  return typeof scope === "string" && Object.hasOwn(SCOPES, scope);
}

function signingKey(): Uint8Array | undefined {
  const { API_TOKEN_SECRET } = environment();
  return API_TOKEN_SECRET ? new TextEncoder().encode(API_TOKEN_SECRET) : undefined;
}
