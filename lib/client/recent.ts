/** What this person opened last, in this browser. The command palette offers it before anything is typed. */

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
    // Storage may be forbidden, or hold something that is not ours: then nothing is remembered.
    return [];
  }
}

/** Puts an item first. An item with the same address moves, and keeps its name unless a better one is given. */
export function remember(href: string, label?: string): void {
  const known = readRecent();
  const name =
    label ?? known.find((one) => one.href === href)?.label ?? decodeURIComponent(href.split("/").at(-1) ?? "");
  const next = [{ href, label: name }, ...known.filter((one) => one.href !== href)].slice(0, MOST);
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // Storage may be forbidden.
  }
}

/** For signing out: the next person at this browser must not see it. */
export function forgetRecent(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Storage may be forbidden.
  }
}

function isRecent(value: unknown): value is Recent {
  const { href, label } = (value ?? {}) as Partial<Recent>;
  return typeof href === "string" && href.startsWith("/") && !href.startsWith("//") && typeof label === "string";
}
