/** What each SQL function that the server calls says about its plans. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Desk, openDesk } from "../support/desk";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

test("no function that the server calls lets Postgres compile its plans, on whatever way it is called", async () => {
  const called = new Set(["lib", "app"].flatMap(sources).flatMap(functionsCalledIn));
  expect(called.size).toBeGreaterThan(50);
  const rows = await desk.sql`
    select p.proname as name, p.proconfig as settings from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.proname in ${desk.sql([...called])}`;
  expect(new Set(rows.map((row) => row.name))).toEqual(called);
  expect(rows.filter((row) => !row.settings?.includes("jit=off")).map((row) => row.name)).toEqual([]);
});

function sources(directory: string): string[] {
  const files = readdirSync(directory, { recursive: true, encoding: "utf8" });
  return files.filter((file) => /\.tsx?$/.test(file)).map((file) => readFileSync(path.join(directory, file), "utf8"));
}

/** The names in `call("lane", "name", …)`. */
function functionsCalledIn(source: string): string[] {
  return [...source.matchAll(/\bcall\(\s*"\w+",\s*"(\w+)"/g)].map((match) => match[1] as string);
}
