/**
 * What does Lighthouse say of the pages people live on? Runs it (fetched by npx, it is no dependency) with the installed
 * Chromium, signed in, three times per page, and prints the median of each category. Fails under 95.
 *
 *   npm run bench:lighthouse
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { browserFlags, findBrowser } from "../tests/support/browser";
import { openShowroom } from "../tests/tools/showroom";

const LIGHTHOUSE = "lighthouse@12.8.2";
const LEAST = 95;
const RUNS = 3;
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"] as const;
/** What the performance is made of: milliseconds, and the share of the page that moved. */
const AUDITS = ["largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift"] as const;

type Measured = (typeof CATEGORIES)[number] | (typeof AUDITS)[number];

const room = await openShowroom();
const folder = mkdtempSync(path.join(os.tmpdir(), "redrive-lighthouse-"));
let lowest = 100;
try {
  for (const name of ["sign-in", "overview", "events", "event"]) {
    const runs = Array.from({ length: RUNS }, (_, run) => measure(name, room.pages[name] ?? `/${name}`, run));
    const scores = CATEGORIES.map((category) => median(runs.map((report) => report[category])));
    console.log(`${name}: ${CATEGORIES.map((category, index) => `${category} ${scores[index]}`).join(", ")}`);
    console.log(
      `  ${AUDITS.map((audit) => `${audit} ${+median(runs.map((report) => report[audit])).toFixed(3)}`).join(", ")}`,
    );
    lowest = Math.min(lowest, ...scores);
  }
  console.log(`lowest: ${lowest} (at least ${LEAST})`);
  if (lowest < LEAST) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
  await room.close();
}

/** One run, as a person at a desk sees it: Lighthouse's desktop settings. Answers 0 to 100 per category. */
function measure(name: string, address: string, run: number): Record<Measured, number> {
  const output = path.join(folder, `${name}-${run}.json`);
  const headers = path.join(folder, "headers.json");
  writeFileSync(headers, JSON.stringify(name === "sign-in" ? {} : { Cookie: room.cookie }));
  execFileSync(
    "npx",
    [
      "--yes",
      LIGHTHOUSE,
      room.url + address,
      "--quiet",
      "--preset=desktop",
      "--output=json",
      `--output-path=${output}`,
      `--only-categories=${CATEGORIES.join(",")}`,
      `--extra-headers=${headers}`,
      `--chrome-flags=--headless=new ${browserFlags().join(" ")}`,
    ],
    { env: { ...process.env, CHROME_PATH: findBrowser() }, stdio: ["ignore", "ignore", "inherit"] },
  );
  const { categories, audits } = JSON.parse(readFileSync(output, "utf8")) as {
    categories: Record<string, { score: number | null }>;
    audits: Record<string, { numericValue: number }>;
  };
  return Object.fromEntries([
    ...CATEGORIES.map((category) => [category, Math.round((categories[category]?.score ?? 0) * 100)]),
    ...AUDITS.map((audit) => [audit, audits[audit]?.numericValue ?? Number.NaN]),
  ]) as Record<Measured, number>;
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}
