/** docs/runbooks.md: every instruction of the five runbooks, each with a test that exists, or with the reason why not. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test, vi } from "vitest";
import { agentSdk } from "@/lib/destinations/configure";

const ROOT = path.join(import.meta.dirname, "../..");
/** The instructions of the runbooks 000 to 004. */
const INSTRUCTIONS = [40, 68, 27, 50, 55];

const sections = readFileSync(path.join(ROOT, "docs/runbooks.md"), "utf8").split(/^## /m).slice(1);
const rowsOf = (section: string) =>
  section
    .split("\n")
    .filter((line) => line.startsWith("| ") && !/^\| (instruction|---) /.test(line))
    .map((line) => line.slice(2, -2).split(/(?<!\\) \| /));

test("has all 240 instructions, runbook by runbook, each once", () => {
  expect(sections.map((section) => rowsOf(section).length)).toEqual(INSTRUCTIONS);
  expect(INSTRUCTIONS.reduce((sum, rows) => sum + rows)).toBe(240);
  for (const section of sections) {
    const instructions = rowsOf(section).map(([instruction]) => instruction);
    expect(new Set(instructions).size).toBe(instructions.length);
  }
});

test("says what Redrive does for each, with a test that exists or the reason", () => {
  const wrong = sections.flatMap(rowsOf).filter(([instruction, does, proof, ...more]) => {
    const file = /^`(tests\/[\w./-]+\.(?:test|spec)\.ts)`$/.exec(proof ?? "")?.[1];
    const isProven = file !== undefined && existsSync(path.join(ROOT, file));
    // A reason is a sentence of its own, and not a word.
    const isReason = proof === "reason" && (does?.split(" ").length ?? 0) >= 5;
    return !instruction || !does?.endsWith(".") || more.length > 0 || !(isProven || isReason);
  });
  expect(wrong).toEqual([]);
});

test("the Agent SDK's address without a variable is the one of runbook 003", () => {
  vi.stubEnv("AGENT_SDK_URL", "");
  expect(agentSdk().url).toBe("https://hotdash-agent-service.fly.dev/webhooks/chatwoot");
  vi.unstubAllEnvs();
});
