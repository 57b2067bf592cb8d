/** Which secrets of an operator are rejected, and that no generated or carefully made secret is. */
import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { weakness } from "@/lib/boot/weak-secrets";

describe("is refused", () => {
  test.each([
    "aaaaaaaaaaaaaaaa",
    "changemechangeme",
    "changeme12345678",
    "change-me-please-123",
    "secretsecretsecret",
    "supersecretsecret",
    "super-secret-token",
    "your-secret-key-here",
    "passwordpassword",
    "Password12345678",
    "my-secret-password-123",
    "1234567890123456",
    "0123456789abcdef",
    "abcdefghijklmnop",
    "qwertyuiopasdfgh",
    "abababababababab",
    "0000000000000001",
    "deadbeefdeadbeef",
    "<openssl rand -hex 32>",
    "replace-with-random-string",
    "example-api-key-value",
    "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJ",
  ])("%s", (secret) => {
    expect(weakness(secret)).toMatch(/^(has|is) /);
  });
});

test("is taken, when it is random or long enough", () => {
  const generated = Array.from({ length: 500 }, () => [
    randomBytes(16).toString("hex"),
    randomBytes(12).toString("base64url"),
    randomBytes(24).toString("base64"),
    randomUUID(),
  ]).flat();
  expect(generated.filter((secret) => weakness(secret) !== null)).toEqual([]);
  for (const secret of ["kite marble lantern ocean seven", "globapay-prod-9f3a7c21e8b4", "secret-9f8a7b6c5d4e3f2a1b"]) {
    expect(weakness(secret)).toBeNull();
  }
});
