import { beforeEach, expect, test } from "vitest";
import {
  activeSecrets,
  decrypt,
  encrypt,
  hintOf,
  newSigningSecret,
  openHeaders,
  sealHeaders,
  sealSecret,
} from "@/lib/destinations/secrets";
import { environment } from "@/lib/env";

const KEY = Buffer.alloc(32, 1);

beforeEach(() => {
  process.env.ENCRYPTION_KEY = KEY.toString("base64");
});

test("what is encrypted is never the same twice, and is decrypted with the same key and purpose only [S16]", () => {
  const [one, other] = [encrypt("a secret", "a"), encrypt("a secret", "a")];
  expect(one).not.toBe(other);
  expect([decrypt(one, "a"), decrypt(other, "a")]).toEqual(["a secret", "a secret"]);
  expect(() => decrypt(one, "b")).toThrow("not the one it was encrypted with");
  process.env.ENCRYPTION_KEY = Buffer.alloc(32, 2).toString("base64");
  expect(() => decrypt(encrypt("a secret", "a").replace(/.$/, "A"), "c")).toThrow("not the one");
  process.env.ENCRYPTION_KEY = "";
  expect(() => encrypt("a secret", "a")).toThrow("ENCRYPTION_KEY is not set");
});

test("a ciphertext with one bit changed, or cut short, decrypts to nothing", () => {
  const sealed = Buffer.from(encrypt("a secret", "a").slice(3), "base64");
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] as number) ^ 1;
    expect(() => decrypt(`v1.${changed.toString("base64")}`, "a"), `byte ${at}`).toThrow("cannot be decrypted");
    expect(() => decrypt(`v1.${sealed.subarray(0, at).toString("base64")}`, "a")).toThrow("cannot be decrypted");
  }
});

test("the key is 32 bytes, as base64 or as hex", () => {
  const sealed = encrypt("a secret", "hex");
  process.env.ENCRYPTION_KEY = KEY.toString("hex");
  expect(decrypt(sealed, "hex")).toBe("a secret");
  for (const wrong of ["short", KEY.subarray(1).toString("base64"), `${KEY.toString("hex")}00`, "x".repeat(44)]) {
    process.env.ENCRYPTION_KEY = wrong;
    expect(() => environment(), wrong).toThrow("ENCRYPTION_KEY must be 32 bytes");
  }
});

test("secrets are as libraries want them, sign until they expire, and belong to their destination", () => {
  const secrets = [newSigningSecret(), newSigningSecret(), newSigningSecret()];
  expect(new Set(secrets).size).toBe(3);
  for (const secret of secrets) expect(Buffer.from(secret.slice("whsec_".length), "base64")).toHaveLength(32);
  const now = Date.parse("2026-03-02T09:30:00Z");
  const expiries = [null, "2026-03-02T09:30:00.001Z", "2026-03-02T09:30:00Z"];
  const stored = secrets.map((secret, n) => ({ ...sealSecret("shop", secret), expires_at: expiries[n] ?? null }));
  expect(activeSecrets({ slug: "shop", secrets: stored, headers: {} }, now)).toEqual(secrets.slice(0, 2));
  expect(() => activeSecrets({ slug: "thief", secrets: stored, headers: {} }, now)).toThrow("cannot be decrypted");
  expect(hintOf("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAa1b2=")).toBe("whsec_…a1b2");
});

test("headers keep their names; a value belongs to its header, whatever its case", () => {
  const { "X-Api-Key": key = "", ...rest } = sealHeaders("shop", { "X-Api-Key": "one", "X-Other": "two" });
  const open = (headers: Record<string, string>) => openHeaders({ slug: "shop", secrets: [], headers });
  expect(open({ "x-api-key": key, ...rest })).toEqual({ "x-api-key": "one", "X-Other": "two" });
  expect(() => open({ "X-Other": key })).toThrow("cannot be decrypted");
});
