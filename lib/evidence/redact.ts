/** Evidence is handed to others, so contacts of people are masked in all of its texts. Ids and times stay. */

/** Also with an encoded `@`, as in the parameters of a URL. */
const E_MAIL = /[\w.!#$%&'*+/=?^`{|}~-]+(?:@|%40)[a-z0-9-]+(?:\.[a-z0-9-]+)+/gi;
/** In international form; without the plus sign it may be any id. The sign may be encoded. */
const PHONE = /(?:\+|%2B)\d(?:[\s().-]{0,2}\d){6,14}(?!\d)/gi;
/** Of a `tel:` address or a masked national form such as `(555) 123-4567`. */
const NATIONAL = /(?<!\d)\(\d{2,5}\)[\s-]?\d{3,4}[\s-]?\d{3,5}(?!\d)/g;

/** Fields that name members of the staff who acted: evidence has to say who. */
const STAFF = new Set(["actor", "owner", "accepted_by", "decided_by", "closed_by"]);

export function maskContacts(text: string): string {
  return text.replace(E_MAIL, "[e-mail]").replace(PHONE, "[phone]").replace(NATIONAL, "[phone]");
}

/** The same for every text in a value, but for the names of staff. */
export function maskContactsIn<Value>(value: Value): Value {
  return masked(value, "") as Value;
}

function masked(value: unknown, name: string): unknown {
  if (typeof value === "string") return STAFF.has(name) ? value : maskContacts(value);
  if (Array.isArray(value)) return value.map((item) => masked(item, name));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [maskContacts(key), masked(item, key)]));
}
