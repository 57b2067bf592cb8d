/** Rules that our own source and the lock file must follow, read as text, and the time of comparing secrets. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { sameDigest, sha256Hex } from "@/lib/providers/hmac";
import { randomFrom } from "../support/seed";

const ROOT = path.join(import.meta.dirname, "../..");

/** Every file of the product with its text, without comments. */
const sources = ["app", "components", "lib", "server.ts", "middleware.ts"].flatMap((top) => filesIn(top));

function filesIn(top: string): [file: string, text: string][] {
  const names = /\.ts$/.test(top)
    ? [top]
    : readdirSync(path.join(ROOT, top), { recursive: true, encoding: "utf8" }).map((file) => path.join(top, file));
  return names
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => [file, withoutComments(readFileSync(path.join(ROOT, file), "utf8"))]);
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "");
}

const filesWith = (pattern: RegExp) => sources.filter(([, text]) => pattern.test(text)).map(([file]) => file);

describe("our source", () => {
  test("is all read", () => expect(sources.length).toBeGreaterThan(200));

  test("compares no signature, token or secret with an operator, which stops at the first difference [S13]", () => {
    const value = String.raw`\b\w*(?:signature|hmac|digest|mac|password|secret|token)`;
    // With a literal, undefined or a type it is a question of kind, not of value.
    const other = String.raw`(?!\s*(?:undefined|null|"|'|0\b|typeof))`;
    const compared = sources.flatMap(([file, text]) =>
      [...text.matchAll(new RegExp(String.raw`${value}\s*[!=]==${other}\s*\w[\w.]*`, "gi"))].map(
        ([found]) => `${file}: ${found}`,
      ),
    );
    expect(compared).toEqual([]);
    expect(filesWith(/timingSafeEqual\(/).sort()).toEqual(expect.arrayContaining(["lib/providers/hmac.ts"]));
  });

  test("runs nothing after an answer, where a kill would lose it [F05]", () => {
    expect(filesWith(/\bafter\(|waitUntil\(|from "next\/server".*\bafter\b/)).toEqual([]);
  });

  test("unpacks webhooks up to a limit, and nothing else, however it is called [C13] [E01]", () => {
    // The zip is a file that somebody verifies on the command line. It is read in parts.
    expect(filesWith(/inflate|unzip|gunzip|brotliDecompress|DecompressionStream/i)).toEqual([
      "lib/evidence/read-zip.ts",
      "lib/pipeline/content.ts",
    ]);
    expect(sources.find(([name]) => name === "lib/evidence/read-zip.ts")?.[1]).toContain("PART_BYTES");
    expect(sources.find(([name]) => name === "lib/pipeline/content.ts")?.[1]).toContain("maxOutputLength: MOST_BYTES");
  });

  test("puts no text into a page as HTML, and runs none as code [S40]", () => {
    expect(filesWith(/dangerouslySetInnerHTML|\.innerHTML|outerHTML|insertAdjacentHTML|document\.write/)).toEqual([]);
    expect(filesWith(/\beval\(|new Function\(|from "node:vm"/)).toEqual([]);
  });

  test("has no server action: each change has a route that authorises [S39]", () => {
    expect(filesWith(/^\s*["']use server["']/m)).toEqual([]);
  });

  test("keeps no session in the browser's storage [S24]", () => {
    const storing = filesWith(/(?:local|session)Storage/);
    for (const file of storing) {
      expect(sources.find(([name]) => name === file)?.[1]).not.toMatch(/(?:token|password|session|secret)["'`]?\s*,/i);
    }
  });
});

test("comparing a digest takes as long whether its beginning is right or not [S13]", { timeout: 60_000 }, () => {
  const random = randomFrom(7);
  const wanted = Buffer.from(sha256Hex("wanted"), "hex");
  const almost = Buffer.from(wanted);
  almost[31] = (almost[31] as number) ^ 1;
  const far = Buffer.from(wanted.map((byte) => byte ^ 0xff));
  const difference = () => {
    const times: Record<"almost" | "far", number[]> = { almost: [], far: [] };
    for (let n = 0; n < 10_000; n += 1) {
      const which = random() < 0.5 ? "almost" : "far";
      const given = which === "almost" ? almost : far;
      const started = process.hrtime.bigint();
      for (let again = 0; again < 20; again += 1) sameDigest(wanted, given);
      times[which].push(Number(process.hrtime.bigint() - started));
    }
    const [a, b] = [typical(times.almost), typical(times.far)];
    return Math.abs(a - b) / Math.min(a, b);
  };
  // A comparison that stops early shows in every round; a busy machine in some.
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5 && least > 0.15; round += 1) least = Math.min(least, difference());
  expect(least).toBeLessThan(0.15);
});

/** The mean of the quicker half: interruptions only ever add time. */
function typical(times: number[]): number {
  const half = [...times].sort((x, y) => x - y).slice(0, times.length / 2);
  return half.reduce((sum, time) => sum + time, 0) / half.length;
}

/** Lower versions have known vulnerabilities. Each with what was fixed there. */
const FLOORS: Readonly<Record<string, string>> = {
  // Requests that made the image optimiser, upgrades and middleware reach internal hosts (CVE-2026-44575, -44578).
  next: "16.4.6",
  // Code execution through Flight payloads (CVE-2025-55182) and what was found after it.
  react: "19.2.4",
  "react-dom": "19.2.4",
  // E-mail addresses that were parsed as another's (GHSA-5jpx-9hw9-2fx4).
  "next-auth": "4.24.12",
  // A crash by many headers (CVE-2024-37890).
  ws: "8.17.1",
  // Attributes of a cookie through its name (CVE-2024-47764).
  cookie: "0.7.0",
};

/** Of other machines than ours: no registry that the lock file was made with had them at this version, so npm wrote no sum. */
const WITHOUT_SUM = /^@supabase\/cli-(?!linux-x64$)/;

interface Locked {
  version: string;
  integrity?: string;
  resolved?: string;
  link?: boolean;
  hasInstallScript?: boolean;
}

describe("the lock file", () => {
  const lock = JSON.parse(readFileSync(path.join(ROOT, "package-lock.json"), "utf8"));
  const packages = Object.entries(lock.packages as Record<string, Locked>).filter(([at]) => at !== "");

  test.each(Object.entries(FLOORS))("holds %s at %s or later, everywhere [S38]", (name, floor) => {
    const found = packages.filter(([at]) => at.endsWith(`node_modules/${name}`)).map(([, { version }]) => version);
    expect(found.length).toBeGreaterThan(0);
    for (const version of found)
      expect(compareVersions(version, floor), `${version} < ${floor}`).toBeGreaterThanOrEqual(0);
  });

  test("says of every package which bytes it is, and of none that it comes from elsewhere [S48]", () => {
    // Packages inside another package's archive are covered by its hash.
    const unsigned = packages.filter(
      ([, one]) => !one.link && !("inBundle" in one) && !one.integrity?.startsWith("sha512-"),
    );
    expect(unsigned.map(([at]) => at.replace("node_modules/", "")).filter((name) => !WITHOUT_SUM.test(name))).toEqual(
      [],
    );
    const elsewhere = packages.filter(
      ([, { resolved }]) => resolved && !resolved.startsWith("https://registry.npmjs.org/"),
    );
    expect(elsewhere.map(([at]) => at)).toEqual([]);
  });

  test("has install scripts of those packages alone that package.json allows [S48]", () => {
    const { allowScripts } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
    const scripts = packages
      .filter(([, one]) => one.hasInstallScript)
      .map(([at]) => at.replace(/^.*node_modules\//, ""));
    for (const name of scripts) expect(allowScripts).toHaveProperty([name]);
  });
});

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(/[.-]/).map(Number)) as [number[], number[]];
  const at = left.findIndex((part, index) => part !== right[index]);
  return at < 0 ? 0 : (left[at] as number) - (right[at] ?? 0);
}
