/** What stops a production start: an http address, and trivial secrets. */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkConfiguration } from "@/lib/boot/checks";
import { ROOT } from "@/lib/db/supabase-cli";
import { environment } from "@/lib/env";

const random = () => randomBytes(32).toString("hex");
const GOOD = {
  DATABASE_URL: "postgres://redrive@127.0.0.1:1/redrive",
  NEXTAUTH_SECRET: random(),
  API_TOKEN_SECRET: random(),
  CRON_SECRET: random(),
  STRIPE_WEBHOOK_SECRET: "whsec_test",
};

const before = { ...process.env };
beforeEach(() => Object.assign(process.env, GOOD));
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});

/** The problem; undefined when Redrive would start. */
function problemWith(changes: Record<string, string>): string | undefined {
  Object.assign(process.env, changes);
  try {
    checkConfiguration(environment());
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe("in production", () => {
  test.each(["PUBLIC_URL", "NEXTAUTH_URL"])(
    "%s in the clear stops the start, unless it is this machine [S58]",
    (variable) => {
      for (const url of [
        "http://redrive.example.com",
        "http://10.0.0.5:3000",
        "http://localhost.example.com",
        "http://127.0.0.1.nip.io",
      ]) {
        expect(problemWith({ [variable]: url }), url).toContain(`${variable} is ${url}`);
      }
      for (const url of [
        "https://redrive.example.com",
        "http://localhost:3000",
        "http://127.0.0.1",
        "http://[::1]:3000",
        "http://redrive.localhost",
      ]) {
        expect(problemWith({ [variable]: url }), url).toBeUndefined();
      }
    },
  );

  test.each(["NEXTAUTH_SECRET", "API_TOKEN_SECRET", "CRON_SECRET", "MITTO_URL_TOKEN", "HEYREACH_URL_TOKEN"])(
    "%s that is trivial stops the start, and is not shown [S58]",
    (variable) => {
      for (const secret of [
        "a".repeat(16),
        "changeme-changeme",
        "passwordpassword",
        "supersecret-secret",
        "0123456789abcdef",
      ]) {
        const problem = problemWith({ [variable]: secret });
        expect(problem, secret).toContain(variable);
        expect(problem).not.toContain(secret);
      }
      expect(problemWith({ [variable]: random() })).toBeUndefined();
    },
  );

  test("every secret of a list counts, and AGENT_SDK_SECRET without its prefix", () => {
    expect(problemWith({ MITTO_URL_TOKEN: `${random()},changeme-changeme` })).toContain("MITTO_URL_TOKEN");
    expect(
      problemWith({ MITTO_URL_TOKEN: random(), AGENT_SDK_SECRET: `whsec_${Buffer.alloc(24, 9).toString("base64")}` }),
    ).toContain("AGENT_SDK_SECRET");
  });

  test("what a provider gave is taken as it is", () => {
    const given = {
      STRIPE_WEBHOOK_SECRET: "whsec_test",
      CHATWOOT_WEBHOOK_SECRET: "chatwoot-secret",
      SHOPIFY_WEBHOOK_SECRET: "aaaaaaaaaaaaaaaa",
      SMARTLEAD_WEBHOOK_SECRET: "secretsecret",
    };
    expect(problemWith(given)).toBeUndefined();
  });
});

test("local mode is left alone: it makes its own secrets", () => {
  expect(
    problemWith({ DATABASE_URL: "", PUBLIC_URL: "http://192.168.1.4:3000", NEXTAUTH_SECRET: "a".repeat(16) }),
  ).toBeUndefined();
});

test("`npm start` says it in words and ends, before it touches the database [S58]", () => {
  const { status, stderr } = spawnSync(process.execPath, ["--import", "tsx", "server.ts"], {
    cwd: ROOT,
    env: { ...process.env, ...GOOD, PUBLIC_URL: "http://redrive.example.com", NODE_ENV: "production" },
    encoding: "utf8",
  });
  expect(status).toBe(1);
  expect(stderr).toContain(
    "PUBLIC_URL is http://redrive.example.com: passwords and sessions would cross the network in the clear.",
  );
  expect(stderr).not.toMatch(/\n\s+at /);
}, 120_000);
