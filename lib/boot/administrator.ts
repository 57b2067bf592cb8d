/** The first person who can sign in. */
import { randomInt } from "node:crypto";
import { hashPassword } from "../auth/password";
import { call } from "../db/client";

export const FIRST_ADMINISTRATOR = "admin@redrive.local";

/** Without characters that are easily confused. */
const ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const LENGTH = 20;

/** Creates the administrator when there is no staff yet. Returns the password, which is shown only this once. */
export async function createFirstAdministrator(): Promise<string | undefined> {
  const password = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
  const created = await call("console", "create_first_admin", {
    p_email: FIRST_ADMINISTRATOR,
    p_name: "Administrator",
    p_password_hash: await hashPassword(password),
  });
  return created ? password : undefined;
}
