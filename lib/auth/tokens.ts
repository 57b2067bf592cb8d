/** API tokens of the command line: JWTs signed with API_TOKEN_SECRET, made by `npm run token`. Every one ends; changing the secret ends all. */
import { jwtVerify, SignJWT } from "jose";
import type { Scope } from "@/lib/contract/scopes";
import type { StaffRole } from "@/lib/contract/vocabulary";
import { ConfigurationError, environment } from "@/lib/env";
import type { Organisations } from "@/lib/scope";
import { isApiToken, readApiToken, type TokenReading } from "./api-tokens";
import { SCOPES } from "./permissions";

const ISSUER = "redrive";
const AUDIENCE = "redrive-api";
const ALGORITHM = "HS256";

/** Roles as the runbooks call them. */
const ROLE_NAMES: Record<string, StaffRole> = {
  super_admin: "admin",
  admin: "admin",
  support: "support",
  viewer: "viewer",
};

export interface TokenOrder {
  /** Who uses it: appears in replays and logs. */
  subject: string;
  /** super_admin, admin, support or viewer. */
  role: string;
  /** Such as `30m`, `12h`, `7 days`. */
  expiresIn: string;
  /** Such as `events:publish`: the token may do that and nothing else, whatever its role. */
  scope?: string;
  /** Of these organisations only; of all when there is none. */
  organisations?: string[];
}

/** Throws `ConfigurationError` for an unknown role or scope, a wrong duration, or a missing API_TOKEN_SECRET. */
export async function issueToken({ subject, role, expiresIn, scope, organisations }: TokenOrder): Promise<string> {
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
  try {
    return await new SignJWT({ role, ...(scope && { scope }), ...(organisations && { organisations }) })
      .setProtectedHeader({ alg: ALGORITHM, typ: "JWT" })
      .setSubject(subject)
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setIssuedAt()
      .setExpirationTime(expiresIn)
      .sign(key);
  } catch (error) {
    throw new ConfigurationError(`The token cannot be made: ${(error as Error).message}.`);
  }
}

/** The actor a token of either kind stands for, or why it stands for nobody, in words for its bearer. */
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
    const [id, role] = [String(payload.sub), String(payload.role)];
    if (!Object.hasOwn(ROLE_NAMES, role)) return { problem: "The token's role is unknown." };
    const { scope } = payload;
    if (scope !== undefined && !isScope(scope)) return { problem: "The token's scope is unknown." };
    const { organisations } = payload;
    if (organisations !== undefined && !areOrganisations(organisations)) {
      return { problem: "The token's organisations are unknown." };
    }
    const may = scope ? { role: null, scopes: [scope] } : { role: ROLE_NAMES[role] as StaffRole };
    return { actor: { kind: "token", id, name: id, organisations: organisations ?? null, ...may } };
  } catch (error) {
    const expired = (error as { code?: string }).code === "ERR_JWT_EXPIRED";
    return { problem: expired ? "The token has expired: make a new one." : "The token is not one of ours." };
  }
}

/** A list that is there and empty, or no list, is a mistake that must not mean "all". */
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
