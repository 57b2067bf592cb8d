/**
 * A DATA_DIR that cannot be used, by starting the real app on it: one clear line with a way out, never a stack trace, and
 * following the way out it starts again with everything it had.
 */
import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROOT } from "../../lib/db/supabase-cli";
import { removeWhenWeDie } from "../../lib/db/throwaway";
import { type RunningApp, startApp, temporaryDirectory } from "../support/app";
import { APP_ENVIRONMENT } from "../support/processes";

const IS_ROOT = process.getuid?.() === 0;
/** The user `nobody`: owns nothing here. */
const STRANGER = 65_534;

const dataDir = temporaryDirectory();
const secretsFile = path.join(dataDir, "secrets.json");
let cluster: string;

beforeAll(async () => {
  const app = await startApp({ env: APP_ENVIRONMENT, dataDir });
  cluster = path.join(dataDir, "postgres", "cluster");
  await app.stop();
}, 400_000);

afterAll(async () => {
  // Processes that a test left running end with its directory.
  const app = await startApp({ env: APP_ENVIRONMENT, dataDir }).catch(() => undefined);
  await app?.stop();
}, 400_000);

/** The error it prints instead of starting, without the greeting. */
async function complaint(options: { dataDir?: string; uid?: number } = {}): Promise<string> {
  const started = startApp({ env: APP_ENVIRONMENT, dataDir, ...options });
  const message = await started.then(
    async (app) => {
      await app.stop();
      throw new Error("It started.");
    },
    (error: Error) => error.message,
  );
  expect(message).toContain("(exit 1)");
  expect(message).not.toMatch(/\n\s+at |node:internal|Error:/);
  const lines = message.split("\n").filter((line) => line.trim() && !/^(The app did not start|Redrive$|\{)/.test(line));
  expect(lines).toHaveLength(1);
  return lines[0] as string;
}

async function startsAgain(): Promise<void> {
  const app = await startApp({ env: APP_ENVIRONMENT, dataDir });
  // The administrator of the first start is still there, so no password is shown.
  expect(app.adminPassword).toBe("");
  expect((await fetch(`${app.url}/api/webhooks/health`)).status).toBe(200);
  await app.stop();
}

describe("npm run send and simulate, of an app with a PORT and a DATA_DIR of its own", () => {
  const run = promisify(execFile);
  /** As in a new shell: no variable says where the app is. */
  const shell = (env: Record<string, string> = {}) => ({
    cwd: ROOT,
    env: { ...process.env, PORT: "", DATA_DIR: "", ...env },
  });
  let app: RunningApp;

  beforeAll(async () => {
    app = await startApp({ dataDir });
  }, 400_000);
  afterAll(() => app?.stop());

  test("reach it by the command that the start prints", async () => {
    const command = /Try it +(npm run send .*)/.exec(app.output())?.[1] ?? "";
    expect(command).toBe(`npm run send -- stripe invoice.payment_succeeded --data-dir ${dataDir} --url ${app.url}`);
    const { stdout } = await run("sh", ["-c", command], shell());
    expect(stdout).toContain(`Open it: ${app.url}/events/we_`);
  });

  test.each([
    ["DATA_DIR", () => ({ DATA_DIR: dataDir })],
    ["PORT and DATA_DIR", () => ({ PORT: new URL(app.url).port, DATA_DIR: dataDir })],
  ])("reach it by %s", async (_name, env) => {
    const sent = await run("npm", ["run", "send", "--", "stripe", "invoice.payment_succeeded"], shell(env()));
    expect(sent.stdout).toContain(`Open it: ${app.url}/events/we_`);
    const simulate = ["run", "simulate", "--", "--count", "3", "--rate", "50", "--agent-port", "0"];
    expect((await run("npm", simulate, shell(env()))).stdout).toContain("Every answer was the expected one.");
  });
});

describe("secrets.json", () => {
  const whole = () => readFileSync(`${secretsFile}.bak`, "utf8");

  test.each([
    ["cut in the middle", (text: string) => text.slice(0, text.length / 2)],
    ["empty", () => ""],
    ["not JSON", () => "ENCRYPTION_KEY=abc\n"],
    ["a list", () => "[]"],
    ["null", () => "null"],
    ["with a number for a secret", () => '{"ENCRYPTION_KEY": 12}'],
  ])("that is %s is never to be deleted: its copy is named, and nothing of it is shown", async (_, damage) => {
    const { ENCRYPTION_KEY } = JSON.parse(whole());
    writeFileSync(secretsFile, damage(whole()));
    const said = await complaint();
    expect(said).toContain(`${secretsFile} are damaged. Do not delete anything`);
    expect(said).toContain("ENCRYPTION_KEY");
    expect(said).toContain(`run \`cp ${secretsFile}.bak ${secretsFile}\``);
    for (const secret of Object.values(JSON.parse(whole()))) expect(said).not.toContain(secret as string);
    execFileSync("cp", [`${secretsFile}.bak`, secretsFile]);
    expect(JSON.parse(readFileSync(secretsFile, "utf8")).ENCRYPTION_KEY).toBe(ENCRYPTION_KEY);
  });

  test("that is gone is not made anew while its copy is there", async () => {
    renameSync(secretsFile, `${secretsFile}.away`);
    expect(await complaint()).toContain(`are gone. Do not delete anything`);
    renameSync(`${secretsFile}.away`, secretsFile);
  });

  test("that is damaged as its copy is asks for a backup", async () => {
    const kept = whole();
    for (const file of [secretsFile, `${secretsFile}.bak`]) writeFileSync(file, kept.slice(0, 20));
    expect(await complaint()).toMatch(/Restore the file from a backup\. Without one, set ENCRYPTION_KEY/);
    for (const file of [secretsFile, `${secretsFile}.bak`]) writeFileSync(file, kept, { mode: 0o600 });
    await startsAgain();
  });
});

describe("postmaster.pid", () => {
  test.each([
    ["empty", ""],
    ["damaged", "\0\0\0\0 not a number\n"],
    ["left by a dead postmaster whose number another program has", `${process.pid}\n/nowhere\n`],
  ])("that is %s does not keep Redrive from starting", async (_, content) => {
    writeFileSync(path.join(cluster, "postmaster.pid"), content);
    await startsAgain();
  });

  test("that is damaged while Postgres runs names the process to end", async () => {
    const app = await startApp({ env: APP_ENVIRONMENT, dataDir });
    await app.kill();
    const file = path.join(cluster, "postmaster.pid");
    const kept = readFileSync(file, "utf8");
    writeFileSync(file, "");
    const said = await complaint();
    writeFileSync(file, kept);
    expect(said).toContain(`still runs there: end it with \`kill -INT ${kept.split("\n")[0]}\``);
    await startsAgain();
  });
});

describe("the database's files", () => {
  test.each([
    ["18", "holds a database of Postgres 18, and this Redrive comes with 17: start the newer Redrive"],
    ["15", "holds a database of Postgres 15, and this Redrive comes with 17: start the Redrive that made it"],
    ["", "PG_VERSION is missing or damaged"],
  ])("of the version %j are refused in one line", async (version, line) => {
    const file = path.join(cluster, "PG_VERSION");
    const kept = readFileSync(file, "utf8");
    writeFileSync(file, version);
    expect(await complaint()).toContain(line);
    writeFileSync(file, kept);
  });

  test("with a cut redrive.json name its copy", async () => {
    const file = path.join(dataDir, "postgres", "redrive.json");
    writeFileSync(file, '{"port": 15');
    expect(await complaint()).toMatch(/redrive\.json are damaged.*cp .*redrive\.json\.bak/);
    execFileSync("cp", [`${file}.bak`, file]);
    await startsAgain();
  });
});

describe("a DATA_DIR", () => {
  test("that is a file is refused", async () => {
    const file = path.join(temporaryDirectory(), "file");
    writeFileSync(file, "");
    expect(await complaint({ dataDir: file })).toContain(`${file} is not a directory: set DATA_DIR`);
  });

  test.skipIf(!IS_ROOT)("that another user owns names that user", async () => {
    const directory = mkdtempSync(path.join(os.tmpdir(), "redrive-owned-"));
    removeWhenWeDie(directory);
    cpSync(secretsFile, path.join(directory, "secrets.json"));
    expect(await complaint({ dataDir: directory, uid: STRANGER })).toMatch(
      /cannot be written by user 65534|belongs to user 0/,
    );
  });

  test.skipIf(!canMount())("on a read-only disk is refused", async () => {
    await mounted(["-o", "ro,size=4m"], async (directory) => {
      expect(await complaint({ dataDir: directory })).toContain(`${directory} is read-only: mount it for writing`);
    });
  });

  test.skipIf(!canMount())("on a full disk is refused", async () => {
    await mounted(["-o", "size=4m"], async (directory) => {
      expect(await complaint({ dataDir: directory })).toContain(`${directory} is full: free at least 128 MB`);
    });
  });
});

/** Mounting a small disk needs root and CAP_SYS_ADMIN, which containers often lack. */
function canMount(): boolean {
  if (!IS_ROOT || process.platform !== "linux") return false;
  const directory = mkdtempSync(path.join(os.tmpdir(), "redrive-mount-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", directory], { stdio: "ignore" });
    execFileSync("umount", [directory], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function mounted(options: string[], use: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(path.join(os.tmpdir(), "redrive-disk-"));
  execFileSync("mount", ["-t", "tmpfs", ...options, "tmpfs", directory]);
  try {
    await use(directory);
  } finally {
    execFileSync("umount", [directory]);
    rmSync(directory, { recursive: true });
  }
}
