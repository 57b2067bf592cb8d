/** What every bench prints: a table, its goals beside their figures, and an exit code of 1 when one is missed. */
import { writeFileSync } from "node:fs";

export interface Goal {
  what: string;
  /** As a person reads it: "at least 0.8". */
  goal: string;
  figure: string;
  met: boolean;
}

export interface Report {
  title: string;
  head: string[];
  rows: string[][];
  goals: Goal[];
  /** What a reader must know to trust the table: what was left out, and why. */
  notes?: string[];
}

/** Prints the reports, and hands them to `npm run bench:all` when that started us. */
export function report(...reports: Report[]): void {
  for (const one of reports) console.log(`\n${markdownOf(one)}`);
  if (process.env.BENCH_REPORT) writeFileSync(process.env.BENCH_REPORT, JSON.stringify(reports));
  if (reports.some(({ goals }) => goals.some(({ met }) => !met))) process.exitCode = 1;
}

export function markdownOf({ title, head, rows, goals, notes = [] }: Report): string {
  const goalRows = goals.map(({ what, goal, figure, met }) => [what, goal, figure, met ? "yes" : "**no**"]);
  return [
    `### ${title}\n`,
    ...(rows.length > 0 ? [tableOf(head, rows), ""] : []),
    ...(goals.length > 0 ? [tableOf(["goal", "limit", "figure", "met"], goalRows), ""] : []),
    ...notes.map((note) => `- ${note}`),
  ].join("\n");
}

export function atLeast(what: string, limit: number, figure: number, unit = ""): Goal {
  return { what, goal: `at least ${limit}${unit}`, figure: `${number(figure)}${unit}`, met: figure >= limit };
}

export function atMost(what: string, limit: number, figure: number, unit = ""): Goal {
  return { what, goal: `at most ${limit}${unit}`, figure: `${number(figure)}${unit}`, met: figure <= limit };
}

/** The median and, in brackets, the smallest and the largest of the turns. */
export function spread(values: number[]): string {
  if (values.length === 0) return "not measured";
  const ends = values.length > 1 ? ` (${number(Math.min(...values))}–${number(Math.max(...values))})` : "";
  return `${number(median(values))}${ends}`;
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return Number.isInteger(middle)
    ? ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
    : (sorted[Math.floor(middle)] ?? Number.NaN);
}

export function quantile(values: number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}

/** Three digits are what such a machine can tell. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString("en", { maximumFractionDigits: digits, minimumFractionDigits: 0 });
}

function tableOf(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
