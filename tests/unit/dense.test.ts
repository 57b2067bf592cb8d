/** Which large bodies Postgres would compress in vain. */
import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { isDense } from "@/lib/pipeline/dense";

const items = (count: number) =>
  JSON.stringify(Array.from({ length: count }, (_, n) => ({ object: "line_item", amount: n * 7, currency: "usd" })));

test.each([
  ["a list of items", Buffer.from(items(5_000)), false],
  ["one letter", Buffer.from("x".repeat(500_000)), false],
  ["an image in base64", Buffer.from(`{"image":"${randomBytes(300_000).toString("base64")}"}`), true],
  ["random bytes", randomBytes(100_000), true],
  ["what is small, whatever it is", randomBytes(64 * 1024), false],
])("%s", (_, body, dense) => {
  expect(isDense(body)).toBe(dense);
});
