/** `npm run token`: what it prints, how long its tokens live, that each is written down, listed, and revoked at once. */
import { type ChildProcess, execFile } from "node:child_process";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ApiToken } from "@/lib/contract/staff";
import { ROOT } from "@/lib/db/supabase-cli";
import { APP_ENVIRONMENT } from "../support/processes";
import { openApp, type SharedApp } from "../support/shared-app";

let app: SharedApp;
let databaseUrl: string;

beforeAll(async () => {
  app = await openApp();
  const url = new URL(process.env.TEST_POSTGRES_URL as string);
  url.pathname = `/${(await app.sql`select current_database() as name`)[0]?.name}`;
  databaseUrl = url.href;
}, 300_000);
afterAll(() => app?.close());

interface Printed {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the command as an operator does, with or without a running app. */
function run(args: string[], env: Record<string, string> = {}): Promise<Printed> {
  return new Promise((resolve) => {
    const child: ChildProcess = execFile(
      process.execPath,
      ["--import", "tsx", "tests/tools/token.ts", ...args],
      {
        cwd: ROOT,
        env: {
          ...process.env,
          API_TOKEN_SECRET: APP_ENVIRONMENT.API_TOKEN_SECRET,
          DATABASE_URL: databaseUrl,
          SUPABASE_URL: "",
          ...env,
        },
      },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? 1, stdout, stderr }),
    );
  });
}

async function ask(path: string, token: string, method = "GET") {
  const response = await fetch(`${app.url}${path}`, { method, headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, body: await response.json() };
}

test("prints the token alone, which opens what its role may, and is listed with its name and end", async () => {
  const { code, stdout, stderr } = await run(["--role", "super_admin", "--subject", "night shift"]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^ey[\w-]+\.[\w-]+\.[\w-]+\n$/);
  const token = stdout.trim();
  expect(decodeJwt(token).jti).toMatch(/^[0-9a-f-]{36}$/);
  expect((await ask("/api/webhooks/events", token)).status).toBe(200);
  const listed = ((await ask("/api/tokens", token)).body.tokens as ApiToken[]).find(
    ({ name }) => name === "night shift",
  );
  expect(listed).toMatchObject({
    kind: "command_line",
    role: "admin",
    scopes: [],
    status: "active",
    created_by: "npm run token",
    hint: token.slice(-4),
    last_used_at: expect.any(String),
  });
  expect(JSON.stringify(listed)).not.toContain(decodeJwt(token).jti);
});

test("a token of it is revoked at once, and what was made with it too [S33]", async () => {
  const token = (await run(["--role", "super_admin", "--subject", "revoked"])).stdout.trim();
  const made = await fetch(`${app.url}/api/tokens`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "by the revoked", scopes: ["events:read"], expires_in_days: 1 }),
  });
  const child = ((await made.json()) as { token: string }).token;
  const other = (await run(["--role", "super_admin"])).stdout.trim();
  const { tokens } = (await ask("/api/tokens", other)).body as { tokens: ApiToken[] };
  const { id } = tokens.find(({ name }) => name === "revoked") as ApiToken;
  expect((await ask(`/api/tokens/${id}`, other, "DELETE")).body.status).toBe("revoked");
  const refused = await ask("/api/webhooks/events", token);
  expect([refused.status, refused.body.detail]).toEqual([401, "The token was revoked."]);
  expect((await ask("/api/webhooks/events", child)).status).toBe(401);
});

test("lives for twelve hours, for as long as is said, and never for more than a year", async () => {
  const life = (token: string) => {
    const { iat = 0, exp = 0 } = decodeJwt(token.trim());
    return (exp - iat) / 3600;
  };
  expect(life((await run([])).stdout)).toBe(12);
  const month = await run(["--expires", "30d"]);
  expect([life(month.stdout), month.stderr]).toEqual([720, ""]);
  const long = await run(["--expires", "90 days"]);
  expect(life(long.stdout)).toBe(2160);
  expect(long.stderr).toContain("lives for 90 days");
  for (const expires of ["366 days", "10 years", "for ever", "-1h", "0s"]) {
    const { code, stdout, stderr } = await run([`--expires=${expires}`]);
    expect([code, stdout], expires).toEqual([1, ""]);
    expect(stderr).toContain("--expires");
  }
});

test("what the row says counts: the signature alone gives no role", async () => {
  const { SignJWT } = await import("jose");
  const viewer = (await run(["--role", "viewer"])).stdout.trim();
  const forged = await new SignJWT({ ...decodeJwt(viewer), role: "super_admin" })
    .setProtectedHeader({ alg: "HS256" })
    .sign(new TextEncoder().encode(APP_ENVIRONMENT.API_TOKEN_SECRET));
  expect((await ask("/api/webhooks/events", forged)).status).toBe(200);
  expect((await ask("/api/staff", forged)).status).toBe(403);
});

test.each([
  ["no database is reachable", { DATABASE_URL: "postgres://nobody@127.0.0.1:1/none" }, "The database does not answer"],
  [
    "local mode has not been started",
    { DATABASE_URL: "", DATA_DIR: "/tmp/redrive-never-started" },
    "Run `npm start` first",
  ],
  ["there is no secret", { API_TOKEN_SECRET: "" }, "API_TOKEN_SECRET is not set"],
])("says so and prints no token when %s", async (_name, env, words) => {
  const { code, stdout, stderr } = await run(["--role", "viewer"], env as Record<string, string>);
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toContain(words);
  expect(stderr).not.toMatch(/\n\s+at /);
});
