/** What is kept of received headers. */
import { expect, it } from "vitest";
import { findProvider } from "@/lib/providers";
import { REDACTED, redactHeaders } from "@/lib/providers/redact";
import { SIGNERS, sign } from "../fixtures/sign";

it("keeps order, case and duplicates, and hides credentials of any kind [S18] [C17]", () => {
  const secret = "canary";
  const kept = redactHeaders([
    ["Host", "desk.example.com"],
    ["AUTHORIZATION", secret],
    ["X-Tag", "one"],
    ["x-tag", "two"],
    ["Cookie", secret],
    ["X-Api-Key", secret],
    ["apikey", secret],
    ["X-Hub-Signature-256", secret],
    ["X-Shopify-Hmac-Sha256", secret],
    ["x-amz-security-token", secret],
    ["X-Vercel-OIDC-Token", secret],
    ["proxy-authorization", secret],
    ["__proto__", "x"],
  ]);
  expect(kept.map(([name]) => name).slice(0, 4)).toEqual(["Host", "AUTHORIZATION", "X-Tag", "x-tag"]);
  expect(kept.filter(([, value]) => value === REDACTED)).toHaveLength(9);
  expect(JSON.stringify(kept)).not.toContain(secret);
  expect(kept.at(-1)).toEqual(["__proto__", "x"]);
});

it.each(SIGNERS)("hides the signature of %s, and keeps its id and time", (name) => {
  const received = sign(name, "{}", { at: 1_772_443_800, id: "delivery-1" });
  const signature = received.find(([header]) => /signature/i.test(header))?.[1] as string;
  const kept = JSON.stringify(redactHeaders(received, findProvider(name)));
  expect(kept).not.toContain(signature);
  if (name !== "stripe") expect(kept).toContain("1772443800");
});

it("makes values that Postgres can hold", () => {
  expect(redactHeaders([["x-a", "b\0c\ud800d"]])).toEqual([["x-a", "b\ufffdc\ufffdd"]]);
});
