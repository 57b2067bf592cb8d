/**
 * The person of a privacy request as hashes of address and number: the request is kept, and what it asked to forget is not.
 * SQL makes the same ones of what is stored and of what comes late: `contacts_of` in supabase/schemas/035_people.sql.
 */
import { sha256Hex } from "../hmac";

/** Shorter ones are no whole number, and would match prices and dates. */
const SHORTEST_NUMBER = 7;
const SHORTEST_NATIONAL = 9;

/** E.164: country codes have one digit, two or three, and none begins another. */
const COUNTRY = /^(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})/;

/** The hashes of an e-mail address and a phone number, in any spelling. `shop` is in lower case. */
export function contactHashes(shop: string, person: { email?: string; phone?: string }): string[] {
  const email = foldCase(person.email?.trim() ?? "");
  const phone = person.phone ?? "";
  const digits = phone.replace(/\D/g, "").replace(/^00/, "");
  const national = /^\s*(?:\+|00)/.test(phone) ? digits.replace(COUNTRY, "") : digits.replace(/^0+/, "");
  const contacts: [string, string][] = [
    ...(email ? [["email", email] as [string, string]] : []),
    ...(digits.length >= SHORTEST_NUMBER ? [["phone", digits] as [string, string]] : []),
    ...(national.length >= SHORTEST_NATIONAL ? [["national", national] as [string, string]] : []),
  ];
  return contacts.map(([kind, value]) => sha256Hex(`${shop} ${kind} ${value}`)).sort();
}

/** As Postgres folds it in any locale. */
function foldCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
