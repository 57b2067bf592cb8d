/** `npm run ops:check`: the runbook's lines, its file and its exit code, with nothing but the environment, or a database. */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { ROOT } from "@/lib/db/supabase-cli";
import { type Desk, openDesk } from "../support/desk";
import { SINK_SECRET } from "../support/processes";
import { type ChatwootFake, startChatwoot } from "../support/provider-apis/chatwoot";
import { type AgentSdk, startAgentSdk } from "../tools/agent-sdk";

let desk: Desk;
let chatwoot: ChatwootFake;
let sink: AgentSdk;
let folder: string;
beforeAll(async () => {
  desk = await openDesk();
  chatwoot = await startChatwoot();
  sink = await startAgentSdk({ port: 0, secret: SINK_SECRET });
  // As Chatwoot's own server: its health needs no key.
  chatwoot.tamper((answer, { path: asked }) => (asked === "/rails/health" ? { status: 200, json: {} } : answer));
});
afterAll(async () => {
  await chatwoot.close();
  await sink.close();
  await desk.close();
});
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "redrive-ops-"));
  return () => rmSync(folder, { recursive: true });
});

/** Runs it in a folder of its own, with no other environment than `env`. */
function run(args: string[], env: Record<string, string>) {
  const script = [path.join(ROOT, "lib/boot/ops-check.ts"), ...args];
  const loader = ["--import", path.join(ROOT, "node_modules/tsx/dist/loader.mjs")];
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [...loader, ...script],
      {
        cwd: folder,
        env: {
          PATH: process.env.PATH,
          TSX_TSCONFIG_PATH: path.join(ROOT, "tsconfig.json"),
          EGRESS_ALLOW_PRIVATE: "127.0.0.0/8",
          DATA_DIR: folder,
          ...env,
        } as unknown as NodeJS.ProcessEnv,
      },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

const keys = (token = chatwoot.token) => ({
  CHATWOOT_BASE_URL: chatwoot.url,
  CHATWOOT_API_KEY: token,
  CHATWOOT_ACCOUNT_ID: String(chatwoot.account),
});

function written() {
  const files = readdirSync(path.join(folder, "artifacts/ops"));
  return { files, json: JSON.parse(readFileSync(path.join(folder, "artifacts/ops", files[0] as string), "utf8")) };
}

test("Chatwoot works: the lines of runbook 003, its file, and 0", async () => {
  const { code, stdout, stderr } = await run(["chatwoot"], keys());
  expect([code, stderr]).toEqual([0, ""]);
  const { files, json } = written();
  expect(stdout).toBe(
    `Chatwoot health check OK → artifacts/ops/${files[0]}\n  /rails/health: OK (200)\n  authenticated API: OK (200)\n`,
  );
  expect(files).toEqual([expect.stringMatching(/^chatwoot_health_\d{4}-\d\d-\d\dT[\d.-]+Z\.json$/)]);
  expect(json).toMatchObject({ name: "chatwoot", ok: true, steps: [{ ok: true, status: 200 }, { ok: true }] });
});

test("a wrong key, a server that is ill, one that is away: what failed and why, without the key, and 1", async () => {
  const refused = await run(["chatwoot"], keys("aWrongToken0123456789"));
  expect(refused.code).toBe(1);
  expect(refused.stdout).toMatch(
    /health check FAILED[\s\S]+rails\/health: OK \(200\)\n +authenticated API: FAILED \(401\) /,
  );
  expect(refused.stdout + JSON.stringify(written().json)).not.toContain("aWrongToken0123456789");

  chatwoot.answerNext({ status: 503, text: "maintenance" }, 2);
  const ill = await run(["chatwoot"], keys());
  expect([ill.code, ill.stdout]).toEqual([1, expect.stringMatching(/FAILED \(503\)[\s\S]+FAILED \(503\)/)]);

  const away = await run(["chatwoot"], { ...keys(), CHATWOOT_BASE_URL: "http://127.0.0.1:9" });
  expect([away.code, away.stdout]).toEqual([1, expect.stringMatching(/rails\/health: FAILED \(no answer\) /)]);
});

test("nothing to check is 2: no key, half a key counts as a failure, and a name that is none", async () => {
  const [without, half, unknown] = await Promise.all([
    run(["chatwoot"], {}),
    run(["chatwoot"], { CHATWOOT_BASE_URL: chatwoot.url, CHATWOOT_API_KEY: chatwoot.token }),
    run(["chatwooot"], {}),
  ]);
  expect([without.code, without.stderr]).toEqual([
    2,
    expect.stringContaining("CHATWOOT_API_KEY and CHATWOOT_ACCOUNT_ID"),
  ]);
  expect([half.code, half.stdout]).toEqual([1, expect.stringContaining("CHATWOOT_ACCOUNT_ID is not set.")]);
  expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining("chatwoot, ")]);
});

test("a destination is sent a signed test, by the environment alone and from the database, and no event is made", async () => {
  const env = { AGENT_SDK_URL: sink.url, AGENT_SDK_SECRET: SINK_SECRET };
  const alone = await run(["agent-sdk"], env);
  expect([alone.code, alone.stdout]).toEqual([0, expect.stringMatching(/^Agent SDK health check OK[\s\S]+OK \(200\)/)]);
  await desk.sql`update destinations set url = ${`${sink.url}/webhooks/chatwoot`} where slug = 'agent-sdk'`;
  const stored = await run(["agent-sdk"], { ...env, DATABASE_URL: process.env.DATABASE_URL as string });
  expect([stored.code, stored.stderr]).toEqual([0, ""]);
  sink.setMode("503");
  const down = await run([], { ...env, ...keys(), DATABASE_URL: process.env.DATABASE_URL as string });
  expect(down.code).toBe(1);
  expect(down.stdout).toMatch(/Chatwoot health check OK[\s\S]+Agent SDK health check FAILED/);
  expect(await desk.sql`select count(*)::int as count from events`).toEqual([{ count: 0 }]);
});
