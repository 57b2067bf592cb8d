import type { RetentionRefusals } from "@/lib/refusals";
import type { ProblemsOf } from "./problems-of";

export const retentionProblems: ProblemsOf<RetentionRefusals> = {
  retention_unconfirmed: ({ rows }) => ({
    status: 409,
    title: `${olderText(rows)} older.`,
    detail: 'They are deleted, except those that are still needed. Send "confirmed": true to do so.',
    field: "confirmed",
    more: { rows },
  }),
};

function olderText(rows: number): string {
  if (rows > 1_000_000) return "More than a million rows are";
  return rows === 1 ? "1 row is" : `${rows} rows are`;
}
