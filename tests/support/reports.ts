/** The reports of vitest and Playwright about a run: how many tests passed, and how long each file took. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { JSONReport, JSONReportSuite } from "playwright/types/testReporter";

export interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

export interface FileTime {
  file: string;
  seconds: number;
}

export interface Report {
  count: Count;
  files: FileTime[];
}

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: {
    name: string;
    status: string;
    startTime: number;
    endTime: number;
    assertionResults: { status: string }[];
  }[];
}

/** There is no report when the runner could not even begin. */
const NOTHING: Report = { count: { passed: 0, failed: 1, skipped: 0 }, files: [] };

export function vitestReport(file: string): Report {
  const report = read<VitestReport>(file);
  if (!report) return NOTHING;
  // A file that cannot even be loaded has no failed test in it.
  const brokenFiles = report.testResults.filter(
    (result) => result.status === "failed" && !result.assertionResults.some((test) => test.status === "failed"),
  );
  return {
    count: {
      passed: report.numPassedTests,
      failed: report.numFailedTests + brokenFiles.length,
      skipped: report.numPendingTests + report.numTodoTests,
    },
    files: report.testResults.map(({ name, startTime, endTime }) => ({
      file: path.relative(process.cwd(), name),
      seconds: (endTime - startTime) / 1000,
    })),
  };
}

export function playwrightReport(file: string): Report {
  const report = read<JSONReport>(file);
  if (!report) return NOTHING;
  const { expected, unexpected, flaky, skipped } = report.stats;
  return {
    count: { passed: expected + flaky, failed: unexpected, skipped },
    files: report.suites.map((suite) => ({
      file: path.join("tests/e2e", suite.file),
      seconds: millisecondsOf(suite) / 1000,
    })),
  };
}

function millisecondsOf(suite: JSONReportSuite): number {
  const results = suite.specs.flatMap((spec) => spec.tests.flatMap((test) => test.results));
  const inside = (suite.suites ?? []).reduce((sum, inner) => sum + millisecondsOf(inner), 0);
  return results.reduce((sum, result) => sum + result.duration, inside);
}

function read<Written>(file: string): Written | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Written) : undefined;
}
