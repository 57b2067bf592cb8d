/**
 * `npm test`: everything, on one Postgres and one build. Goes on after a failing stage and adds up at the end. Stages that
 * leave a processor idle run side by side; the short ones print in one piece when they end.
 */
import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { startTestCluster } from "./support/cluster";
import { type Count, type FileTime, playwrightReport, type Report, vitestReport } from "./support/reports";
import { SEED } from "./support/seed";

const PROJECTS = ["unit", "pipeline", "api", "faults"];
const SLOWEST = 10;

const reports = mkdtempSync(path.join(os.tmpdir(), "redrive-reports-"));
const total: Count = { passed: 0, failed: 0, skipped: 0 };
const files: FileTime[] = [];
const stages: { name: string; seconds: number }[] = [];
const started = Date.now();

process.env.TEST_SEED ??= String(SEED);
const endCluster = await startTestCluster();
try {
  await Promise.all([inOnePiece("check:generated", check), stylesAndTypes()]);
  // Files that need no console come first, and the ones that need it wait for the build.
  await Promise.all([inOnePiece("build", build), live("vitest", vitest)]);
  await live("e2e", playwright);
} finally {
  await endCluster();
  rmSync(reports, { recursive: true, force: true });
}
process.exitCode = total.failed > 0 ? 1 : 0;
summarise();

/** One after the other, and before the build: `next typegen` and `next build` write in one directory. */
async function stylesAndTypes(): Promise<void> {
  await inOnePiece("check:style", check);
  await inOnePiece("check:types", check);
}

/** Prints the output of the stage while it runs. */
async function live(name: string, run: (output: "inherit") => Promise<Report>): Promise<void> {
  console.log(`\n${line(name)}`);
  const seconds = await timed(name, () => run("inherit"));
  console.log(line(`${name}: ${duration(seconds)}`));
}

/** Prints the output of the stage once it has ended. */
async function inOnePiece(name: string, run: (output: number, name: string) => Promise<Report>): Promise<void> {
  const log = path.join(reports, `${name.replace(":", "-")}.log`);
  const output = openSync(log, "w");
  const seconds = await timed(name, () => run(output, name));
  closeSync(output);
  console.log(`\n${line(`${name}: ${duration(seconds)}`)}\n${readFileSync(log, "utf8").trim()}`);
}

/** Runs and counts a stage. Returns how many seconds it took. */
async function timed(name: string, run: () => Promise<Report>): Promise<number> {
  const began = Date.now();
  const report = await run();
  const seconds = (Date.now() - began) / 1000;
  for (const outcome of ["passed", "failed", "skipped"] as const) total[outcome] += report.count[outcome];
  files.push(...report.files);
  stages.push({ name, seconds });
  return seconds;
}

/** One step, one count. */
async function check(output: number, script: string): Promise<Report> {
  const ok = await execute("npm", ["run", "--silent", script], output);
  return { count: { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 }, files: [] };
}

/** Not a test by itself. */
async function build(output: number): Promise<Report> {
  const ok = await execute(process.execPath, ["--import", "tsx", "tests/tools/build.ts"], output);
  return { count: { passed: 0, failed: ok ? 0 : 1, skipped: 0 }, files: [] };
}

async function vitest(output: "inherit"): Promise<Report> {
  const file = path.join(reports, "vitest.json");
  const reporters = ["--silent=passed-only", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const projects = PROJECTS.flatMap((project) => ["--project", project]);
  const ok = await execute("npx", ["--no-install", "vitest", "run", ...projects, ...reporters], output);
  return atLeastOneFailure(ok, vitestReport(file));
}

async function playwright(output: "inherit"): Promise<Report> {
  const file = path.join(reports, "e2e.json");
  const args = ["--no-install", "playwright", "test", "-c", "tests/e2e/playwright.config.ts", "--reporter=list,json"];
  const ok = await execute("npx", args, output, { PLAYWRIGHT_JSON_OUTPUT_NAME: file });
  return atLeastOneFailure(ok, playwrightReport(file));
}

/** A stage that failed without a failed test (an unhandled error, no tests at all) counts as failed, too. */
function atLeastOneFailure(ok: boolean, report: Report): Report {
  return ok || report.count.failed > 0 ? report : { ...report, count: { ...report.count, failed: 1 } };
}

function execute(program: string, args: string[], output: "inherit" | number, env: Record<string, string> = {}) {
  const child = spawn(program, args, { stdio: ["ignore", output, output], env: { ...process.env, ...env } });
  return new Promise<boolean>((resolve) => {
    child.once("error", () => resolve(false));
    child.once("exit", (code) => resolve(code === 0));
  });
}

/** Prints where the time went, and the final line. */
function summarise(): void {
  console.log(`\n${line("time")}`);
  for (const { name, seconds } of stages) console.log(`${duration(seconds).padStart(12)}  ${name}`);
  console.log(`${duration((Date.now() - started) / 1000).padStart(12)}  in all\n\nThe slowest files:`);
  const slowest = files.toSorted((a, b) => b.seconds - a.seconds).slice(0, SLOWEST);
  for (const { file, seconds } of slowest) console.log(`${duration(seconds).padStart(12)}  ${file}`);
  console.log(`\nTEST_SEED=${SEED} makes the random tests choose the same again.`);
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
  console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
}

function line(title: string): string {
  return `── ${title} ${"─".repeat(Math.max(0, 76 - title.length))}`;
}

function duration(seconds: number): string {
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
