/** A check of something outside of Redrive: what was asked, what it answered, in the lines of runbook 003, and as a file. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

export interface Step {
  name: string;
  ok: boolean;
  status: number | null;
  milliseconds: number;
  /** Why it failed. */
  problem: string | null;
}

export interface Check {
  /** A slug, for the name of its file. */
  name: string;
  label: string;
  steps: Step[];
}

/** Where the evidence is kept, below the folder that the command is run in. */
const FOLDER = "artifacts/ops";

/** Whether all its steps succeeded. */
export function isOk({ steps }: Check): boolean {
  return steps.every(({ ok }) => ok);
}

/** Writes its file, and answers the lines to print. */
export function report(check: Check, at: Date): string[] {
  const name = check.name.replace(/[^\w-]+/g, "_");
  const file = path.posix.join(FOLDER, `${name}_health_${at.toISOString().replaceAll(":", "-")}.json`);
  mkdirSync(FOLDER, { recursive: true });
  const written = { ...check, ok: isOk(check), checked_at: at.toISOString() };
  writeFileSync(file, `${JSON.stringify(written, null, 2)}\n`);
  return [
    `${check.label} health check ${isOk(check) ? "OK" : "FAILED"} → ${file}`,
    ...check.steps.map((step) => `  ${step.name}: ${resultOf(step)}`),
  ];
}

function resultOf({ ok, status, problem }: Step): string {
  const said = `${ok ? "OK" : "FAILED"} (${status ?? "no answer"})`;
  return ok ? said : `${said} ${problem}`;
}
