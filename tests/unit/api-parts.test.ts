/** lib/front/target.ts refuses what has no route below /api without asking Next, so it must know the routes. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { API_PARTS, isWrongAddress } from "@/lib/front/target";

const API = path.resolve(import.meta.dirname, "../../app/api");

test("Every directory below app/api with a route is a known part of an address, and no other is", () => {
  const directories = readdirSync(API, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("["))
    .filter(({ name }) =>
      readdirSync(path.join(API, name), { recursive: true }).some((file) => /route\.ts$/.test(`${file}`)),
    )
    .map(({ name }) => name);
  // `refused` is where `next start` routes what our screen refused.
  expect([...API_PARTS].sort()).toEqual([...directories, "refused"].sort());
});

test("A webhook to an address below /api that no route has is refused before Next is asked", () => {
  expect(isWrongAddress("POST", "/api/webhook/stripe")).toBe(true);
  expect(isWrongAddress("GET", "/api/hooks?x=1")).toBe(true);
  expect(isWrongAddress("POST", "/api/webhooks/replay-query")).toBe(false);
  expect(isWrongAddress("GET", "/api/webhooks")).toBe(false);
  expect(isWrongAddress("GET", "/api-reference")).toBe(false);
});
