/**
 * Every figure of the hot path, one bench after the other, written to bench/RESULTS.md with the machine and its load. Takes
 * half an hour; `quick` takes a few minutes and tells only whether the benches work. Without the benches of 10,000,000
 * events, which have a command of their own. Exits with 1 when a goal was missed.
 *
 *   npm run bench:all [-- quick]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { machineTable } from "./support/machine";
import { markdownOf, type Report } from "./support/report";

interface Step {
  bench: string;
  args: string[];
  quick: string[];
}

const STEPS: Step[] = [
  { bench: "endpoint", args: [], quick: ["--seconds", "2", "--rounds", "2"] },
  { bench: "next-route", args: [], quick: ["--seconds", "2", "--pairs", "2"] },
  { bench: "pipeline", args: [], quick: ["--events", "1500", "--rounds", "1"] },
  { bench: "latency", args: [], quick: ["--seconds", "5"] },
  { bench: "forwards", args: [], quick: ["--events", "500", "--rounds", "1", "--seconds", "3"] },
  { bench: "hanging-destination", args: ["4"], quick: ["4"] },
  { bench: "storage", args: [], quick: ["--events", "1000"] },
  { bench: "chaos", args: [], quick: ["--seconds", "4"] },
];

const RESULTS = path.join(import.meta.dirname, "RESULTS.md");
const isQuick = process.argv[2] === "quick";
const directory = mkdtempSync(path.join(os.tmpdir(), "redrive-bench-"));
const parts: string[] = [];
for (const step of STEPS) {
  const load = os.loadavg()[0] ?? 0;
  const started = Date.now();
  const { reports, code } = await run(step);
  const missed = reports.flatMap(({ goals }) => goals).filter(({ met }) => !met).length;
  if (reports.length === 0 || missed > 0) process.exitCode = 1;
  parts.push(...reports.map(markdownOf));
  if (reports.length === 0) parts.push(`### ${step.bench}\n\nFailed with exit code ${code}: not measured.`);
  const took = Math.round((Date.now() - started) / 1000);
  parts.push(`- \`bench/${step.bench}.ts\`: ${took} s, load before it ${load.toFixed(1)}.`);
  writeFileSync(RESULTS, await page());
}
console.log(`\nWritten to ${path.relative(process.cwd(), RESULTS)}`);

async function run({ bench, args, quick }: Step): Promise<{ reports: Report[]; code: number | null }> {
  console.log(`\n## ${bench}`);
  const file = path.join(directory, `${bench}.json`);
  const child = spawn(
    process.execPath,
    ["--import", "tsx", path.join(import.meta.dirname, `${bench}.ts`), ...(isQuick ? quick : args)],
    { stdio: "inherit", env: { ...process.env, BENCH_REPORT: file } },
  );
  const [code] = (await once(child, "exit")) as [number | null];
  try {
    return { reports: JSON.parse(readFileSync(file, "utf8")), code };
  } catch {
    // It failed before it had figures.
    return { reports: [], code };
  }
}

async function page(): Promise<string> {
  return [
    "# Results",
    `Written by \`npm run bench:all${isQuick ? " -- quick" : ""}\`; what each bench does is in its file. Rates depend on the machine: ratios within`,
    "one table, CPU per event and whether a goal is met are what to compare.",
    "",
    machineTable(),
    "",
    parts.join("\n\n"),
    "",
  ].join("\n");
}
