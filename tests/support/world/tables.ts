/** The rows that events write, to be compared row by row with those of a world without faults. */
import type postgres from "postgres";
import { rowsOf } from "../reconciling";

const TABLES = [
  ...["subscriptions", "businesses", "call_logs", "sms_logs", "sms_log_recipients", "sms_recipients"],
  ...["orders", "customers", "leads", "messages", "campaigns"],
] as const;

export type Tables = Record<string, Record<string, unknown>[]>;

export async function tablesOf(sql: postgres.Sql): Promise<Tables> {
  const all = await Promise.all(TABLES.map(async (table) => [table, await rowsOf(sql, table)] as const));
  return Object.fromEntries(all);
}

export interface TableDifference {
  table: string;
  onlyHere: Record<string, unknown>[];
  onlyThere: Record<string, unknown>[];
}

/**
 * What the API of a provider does not give, as its coverage says: without it rows are compared. Everything else has to be
 * equal.
 */
const BEYOND_COVERAGE: Readonly<Record<string, (row: Record<string, unknown>) => Record<string, unknown>>> = {
  // Mitto's API has no error codes, and one word for three kinds of failure.
  sms_recipients: (row) => ({
    ...row,
    error_code: null,
    status: /^(undelivered|expired)$/.test(String(row.status)) ? "failed" : row.status,
  }),
  // Shopify's list of deletions has whole seconds.
  orders: (row) => ({ ...row, deleted_at: typeof row.deleted_at === "string" ? row.deleted_at.slice(0, 19) : null }),
  // Smartlead's API has the reply as HTML, and not the text of the mail that it answers.
  messages: (row) => (row.provider === "smartlead" ? { ...row, body: null, subject: null } : row),
};

/** Rows that only one of them has. Empty when they are equal, row by row, within what the providers' APIs give. */
export function differencesOf(here: Tables, there: Tables): TableDifference[] {
  return TABLES.flatMap((table) => {
    const given = BEYOND_COVERAGE[table] ?? ((row) => row);
    const [mine, theirs] = [here, there].map(
      (tables) => new Map((tables[table] ?? []).map((row) => [print(given(row)), row])),
    );
    const onlyHere = [...(mine as Map<string, object>)].flatMap(([text, row]) => (theirs?.has(text) ? [] : [row]));
    const onlyThere = [...(theirs as Map<string, object>)].flatMap(([text, row]) => (mine?.has(text) ? [] : [row]));
    if (onlyHere.length + onlyThere.length === 0) return [];
    return [{ table, onlyHere, onlyThere } as TableDifference];
  });
}

const print = (row: object) => JSON.stringify(row);
