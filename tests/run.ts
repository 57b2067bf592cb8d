/** `npm test`: everything, in the order of how fast it answers. Goes on after a failing stage and adds up at the end. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

const reports = mkdtempSync(path.join(os.tmpdir(), "redrive-reports-"));
const total: Count = { passed: 0, failed: 0, skipped: 0 };

for (const script of ["check:style", "check:types", "check:generated"]) stage(script, () => check(script));
for (const project of ["unit", "pipeline", "api", "faults"]) stage(project, () => vitest(project));
stage("e2e", playwright);

rmSync(reports, { recursive: true, force: true });
process.exitCode = total.failed > 0 ? 1 : 0;
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);

function stage(name: string, run: () => Count): void {
  console.log(`\n── ${name} ${"─".repeat(Math.max(0, 76 - name.length))}`);
  const count = run();
  total.passed += count.passed;
  total.failed += count.failed;
  total.skipped += count.skipped;
}

/** One step, one count. */
function check(script: string): Count {
  const ok = execute("npm", ["run", "--silent", script]);
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
}

function vitest(project: string): Count {
  const file = path.join(reports, `${project}.json`);
  const reporters = ["--silent=passed-only", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const ok = execute("npx", ["--no-install", "vitest", "run", "--project", project, ...reporters]);
  const report = read<{
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
    numTodoTests: number;
    testResults: { status: string; assertionResults: { status: string }[] }[];
  }>(file);
  if (!report) return { passed: 0, failed: 1, skipped: 0 };
  // A file that cannot even be loaded has no failed test in it.
  const brokenFiles = report.testResults.filter(
    (result) => result.status === "failed" && !result.assertionResults.some((test) => test.status === "failed"),
  );
  const count = {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
  return atLeastOneFailure(ok, count);
}

function playwright(): Count {
  const file = path.join(reports, "e2e.json");
  const args = ["--no-install", "playwright", "test", "-c", "tests/e2e/playwright.config.ts", "--reporter=list,json"];
  const ok = execute("npx", args, { PLAYWRIGHT_JSON_OUTPUT_NAME: file });
  const report = read<{ stats: { expected: number; unexpected: number; flaky: number; skipped: number } }>(file);
  if (!report) return { passed: 0, failed: 1, skipped: 0 };
  const { expected, unexpected, flaky, skipped } = report.stats;
  return atLeastOneFailure(ok, { passed: expected + flaky, failed: unexpected, skipped });
}

/** A stage that ended badly without a failed test (an unhandled error, no tests at all) has failed all the same. */
function atLeastOneFailure(ok: boolean, count: Count): Count {
  return ok || count.failed > 0 ? count : { ...count, failed: 1 };
}

function execute(program: string, args: string[], env: Record<string, string> = {}): boolean {
  return spawnSync(program, args, { stdio: "inherit", env: { ...process.env, ...env } }).status === 0;
}

function read<Report>(file: string): Report | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Report) : undefined;
}
