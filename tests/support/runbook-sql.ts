import { readFileSync } from "node:fs";

/** The SQL statements of a runbook, without their comments. */
export function statementsOf(runbook: "002" | "003" | "004", eventId?: number): string[] {
  return readFileSync(`tests/fixtures/runbook-sql/${runbook}.sql`, "utf8")
    .replace(/^--.*$/gm, "")
    .replaceAll("<event-id>", String(eventId))
    .split(";")
    .map((statement) => statement.trim())
    .filter(Boolean);
}
