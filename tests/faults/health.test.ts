/** A log that takes no more lines, and a wrong clock: Redrive continues, and says so. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import net, { type AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { ROOT } from "@/lib/db/supabase-cli";
import { sample } from "@/lib/samples";
import { sign } from "../fixtures/sign";
import { startApp } from "../support/app";
import { createTestDatabase, type TestDatabase } from "../support/postgres";
import { APP_ENVIRONMENT, tokenFor, until } from "../support/processes";
import { startedApps } from "../support/started-apps";

const START_MS = 300_000;
const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
}, 120_000);

/** An app on a port known in advance, because its standard output fails here. */
async function start(stdout: number | "pipe", env: Record<string, string> = {}) {
  const database: TestDatabase = await createTestDatabase();
  ends.push(() => database.drop());
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  const child: ChildProcess = spawn(process.execPath, ["--import", "tsx", "server.ts"], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      ...APP_ENVIRONMENT,
      AGENT_SDK_URL: "http://127.0.0.1:9",
      DATABASE_URL: database.url,
      PORT: String(port),
      ...env,
    } as unknown as NodeJS.ProcessEnv,
    stdio: ["ignore", stdout, "inherit"],
  });
  ends.push(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  const url = `http://127.0.0.1:${port}`;
  const health = () => fetch(`${url}/api/webhooks/health`);
  await until(
    "it answers",
    () =>
      child.exitCode !== null ||
      health().then(
        () => true,
        () => false,
      ),
    START_MS,
  );
  expect(child.exitCode).toBeNull();
  const known = { dataDir: "", databaseUrl: database.url };
  startedApps.add(known);
  ends.push(async () => startedApps.delete(known));
  const authorization = `Bearer ${await tokenFor("viewer")}`;
  return {
    child,
    status: async () => (await (await health()).json()).status,
    check: async (name: string) => {
      const { checks } = await (await fetch(`${url}/api/health/deep`, { headers: { authorization } })).json();
      return checks.find((one: { name: string }) => one.name === name);
    },
    webhook: async () => {
      const { body } = sample("stripe", "invoice.payment_failed");
      const headers = sign("stripe", body).map(([name, value]): [string, string] => [name, value]);
      const init = { method: "POST", headers, body: new Uint8Array(body) };
      return (await fetch(`${url}/api/webhooks/stripe`, init)).status;
    },
  };
}

// /dev/full is Linux's: every write to it finds no space left.
test.skipIf(!existsSync("/dev/full"))(
  "A full log disk neither ends the process nor refuses a webhook, and is told",
  async () => {
    const full = openSync("/dev/full", "w");
    const app = await start(full);
    closeSync(full);
    expect(await app.webhook()).toBe(200);
    expect(await app.webhook()).toBe(200);
    expect(app.child.exitCode).toBeNull();
    expect(await app.status()).toBe("degraded");
    expect(await app.check("log")).toMatchObject({ status: "degraded", detail: expect.stringContaining("ENOSPC") });
  },
);

test("A reader of the log that ends neither ends the process nor refuses a webhook, and is told", async () => {
  const app = await start("pipe");
  expect(await app.webhook()).toBe(200);
  app.child.stdout?.destroy();
  await until("lines are lost", async () => {
    expect(await app.webhook()).toBe(200);
    return (await app.check("log")).status === "degraded";
  });
  expect(app.child.exitCode).toBeNull();
});

const mayMount = process.getuid?.() === 0 && canMount();

// Needs root, to mount a disk that is small enough to fill.
test.skipIf(!mayMount)("When the log's disk has room again, lines are written again", async () => {
  const disk = mkdtempSync(path.join(os.tmpdir(), "redrive-log-"));
  spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", disk]);
  ends.push(async () => {
    spawnSync("umount", ["-l", disk]);
    rmSync(disk, { recursive: true, force: true });
  });
  const log = openSync(path.join(disk, "log"), "a");
  const app = await start(log);
  closeSync(log);
  spawnSync("sh", ["-c", `dd if=/dev/zero of=${disk}/filler bs=4k 2>/dev/null`]);
  await until("lines are lost", async () => {
    expect(await app.webhook()).toBe(200);
    return (await app.check("log")).status === "degraded";
  });
  writeFileSync(path.join(disk, "filler"), "");
  const lost = (await app.check("log")).detail;
  expect(await app.webhook()).toBe(200);
  expect((await app.check("log")).detail).toBe(lost);
});

// Needs root, for the same reason.
test.skipIf(!mayMount)(
  "Health is degraded while the disk of the embedded database is full, and healthy when it is not",
  async () => {
    const disk = mkdtempSync(path.join(os.tmpdir(), "redrive-disk-"));
    spawnSync("mount", ["-t", "tmpfs", "-o", "size=600m,mode=0711", "tmpfs", disk]);
    ends.push(async () => {
      spawnSync("umount", ["-l", disk]);
      rmSync(disk, { recursive: true, force: true });
    });
    const app = await startApp({ env: { ...APP_ENVIRONMENT, AGENT_SDK_URL: "http://127.0.0.1:9" }, dataDir: disk });
    ends.push(() => app.stop());
    const authorization = `Bearer ${await tokenFor("viewer")}`;
    const status = async () => (await (await fetch(`${app.url}/api/webhooks/health`)).json()).status;
    expect(await status()).toBe("healthy");

    spawnSync("sh", ["-c", `dd if=/dev/zero of=${disk}/filler bs=64k 2>/dev/null`]);
    await until("it says so", async () => (await status()) === "degraded", 30_000);
    const { checks } = await (await fetch(`${app.url}/api/health/deep`, { headers: { authorization } })).json();
    expect(checks.find((one: { name: string }) => one.name === "disk")).toMatchObject({
      status: "degraded",
      detail: expect.stringMatching(/^0 MiB/),
    });
    rmSync(path.join(disk, "filler"));
    await until("it is healthy again", async () => (await status()) === "healthy", 60_000);
  },
);

function canMount(): boolean {
  const directory = mkdtempSync(path.join(os.tmpdir(), "redrive-mount-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", directory]).status === 0;
  if (mounted) spawnSync("umount", [directory]);
  rmSync(directory, { recursive: true, force: true });
  return mounted;
}

const libfaketime = findFakeTime();

/** Debian's package; installed when we are root. */
function findFakeTime(): string | undefined {
  const known = () =>
    ["x86_64", "aarch64"].map((cpu) => `/usr/lib/${cpu}-linux-gnu/faketime/libfaketime.so.1`).find(existsSync);
  if (known() || process.getuid?.() !== 0) return known();
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  spawnSync("apt-get", ["update", "-qq"], { env });
  spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "libfaketime"], { env });
  return known();
}

// Needs libfaketime: the app's clock is really wrong.
test.skipIf(!libfaketime)("Health is degraded when this machine's clock is ten minutes off", async () => {
  const clock = { LD_PRELOAD: String(libfaketime), FAKETIME: "-10m", FAKETIME_DONT_FAKE_MONOTONIC: "1" };
  const sink = openSync("/dev/null", "w");
  const app = await start(sink, clock);
  closeSync(sink);
  expect(await app.status()).toBe("degraded");
  expect(await app.check("clock")).toMatchObject({
    status: "degraded",
    detail: expect.stringMatching(/(59\d|60\d) s behind/),
    todo: expect.stringContaining("NTP"),
  });
});
