/** What this person opened last, in this browser: the command palette offers it before anything is typed. */

export interface Recent {
  href: string;
  label: string;
}

const KEY = "redrive_recent";
const MOST = 6;

export function readRecent(): Recent[] {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(read) ? read.filter(isRecent) : [];
  } catch {
    // Storage may be forbidden, or hold what somebody else wrote: then nothing is remembered.
    return [];
  }
}

/** Puts something first. What was known under the same address moves, and keeps its name unless a better one is given. */
export function remember(href: string, label?: string): void {
  const known = readRecent();
  const name =
    label ?? known.find((one) => one.href === href)?.label ?? decodeURIComponent(href.split("/").at(-1) ?? "");
  const next = [{ href, label: name }, ...known.filter((one) => one.href !== href)].slice(0, MOST);
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // As above.
  }
}

/** When somebody signs out: the next person at this browser need not know. */
export function forgetRecent(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // As above.
  }
}

function isRecent(value: unknown): value is Recent {
  const { href, label } = (value ?? {}) as Partial<Recent>;
  return typeof href === "string" && href.startsWith("/") && !href.startsWith("//") && typeof label === "string";
}
