import type { ChangeResult } from "@/lib/contract/events";
import { literal } from "../status/change-row";

interface Difference {
  name: string;
  /** Null when there was no row. */
  before: string | null;
  after: string;
  /** How many other fields differ. */
  others: number;
}

/** The rows that were created or updated. */
export function written(changes: ChangeResult[]): ChangeResult[] {
  return changes.filter(({ effect }) => effect === "created" || effect === "updated");
}

/** The most telling field: of an updated row before a created one. Undefined when no row was written. */
export function firstDifference(changes: ChangeResult[]): Difference | undefined {
  const rows = written(changes);
  const row = rows.find(({ effect }) => effect === "updated") ?? rows[0];
  if (!row) return undefined;
  const fields = Object.entries(row.after)
    .map(([name, value]) => ({ name, before: row.before && literal(row.before[name]), after: literal(value) }))
    .filter(({ before, after }) => before !== after)
    // Times change with every row and say little.
    .sort((a, b) => Number(isTime(a.after)) - Number(isTime(b.after)));
  const [first] = fields;
  return first && { ...first, others: fields.length - 1 };
}

function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\d[T ]/.test(text);
}
