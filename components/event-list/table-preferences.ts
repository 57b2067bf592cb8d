/** The list's columns and density. In a cookie, so that the server renders them at once. */
import { COLUMNS, type Column } from "./columns";

export const PREFERENCES_COOKIE = "redrive_events";

export interface TablePreferences {
  /** Rows of 44 px instead of 36 px. */
  roomy: boolean;
  columns: readonly Column[];
}

/** Columns that cannot be hidden. */
export const ALWAYS: readonly Column[] = ["status", "event"];

const names = Object.keys(COLUMNS) as Column[];
const USUAL: TablePreferences = { roomy: false, columns: names.filter((name) => !("seldom" in COLUMNS[name])) };

/** `dense.received.key`. Anything else means the defaults; unknown columns are left out. */
export function parsePreferences(cookie: string | undefined): TablePreferences {
  const [density, ...shown] = cookie?.split(".") ?? [];
  if (density !== "roomy" && density !== "dense") return USUAL;
  return {
    roomy: density === "roomy",
    columns: names.filter((name) => ALWAYS.includes(name) || shown.includes(name)),
  };
}

export function printPreferences({ roomy, columns }: TablePreferences): string {
  return [roomy ? "roomy" : "dense", ...columns.filter((name) => !ALWAYS.includes(name))].join(".");
}
