/** The e-mail address that the provider vouches for. */
import { SignInRefused } from "./refused";

export interface Claims {
  sub: string;
  email?: unknown;
  email_verified?: unknown;
  [claim: string]: unknown;
}

const LONGEST_EMAIL = 320;

/** True when the ID token has both claims: they must come from one source, never one from each. */
export function saysEmail({ email, email_verified }: Claims): boolean {
  return email !== undefined && email_verified !== undefined;
}

/** The verified address in lower case. Throws `SignInRefused`, saying what the provider must send. */
export function verifiedEmail({ email, email_verified }: Claims): string {
  if (typeof email !== "string" || email.trim() === "" || email.length > LONGEST_EMAIL) {
    throw new SignInRefused("email_missing", "The provider sent no claim email.");
  }
  const address = email.trim().toLowerCase();
  if (email_verified === true) return address;
  if (email_verified === undefined || email_verified === null) {
    throw new SignInRefused("email_verified_missing", "The provider sent no claim email_verified.", address);
  }
  if (email_verified === false) {
    throw new SignInRefused("email_unverified", "The claim email_verified is false.", address);
  }
  throw new SignInRefused(
    "email_verified_not_boolean",
    `The claim email_verified is a ${typeof email_verified}.`,
    address,
  );
}
