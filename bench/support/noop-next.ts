/** Next with a route that does nothing: the same version and the same `next start` as Redrive's, in a folder of its own. */
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { freePort } from "../../lib/db/embedded-postmaster";
import { ROOT } from "../../lib/db/supabase-cli";
import { until } from "../../tests/support/processes";
import { endWithUs, kill } from "./children";

const SOURCE = path.join(import.meta.dirname, "noop-next");
const NEXT = path.join(ROOT, "node_modules/next/dist/bin/next");

export const NOOP_PATH = "/api/noop";

export interface NoopNext {
  url: string;
  pid: number;
  close(): Promise<void>;
}

/** Builds it, which takes some seconds, and starts it. */
export async function startNoopNext(): Promise<NoopNext> {
  const directory = mkdtempSync(path.join(os.tmpdir(), "redrive-noop-"));
  cpSync(SOURCE, directory, { recursive: true });
  symlinkSync(path.join(ROOT, "node_modules"), path.join(directory, "node_modules"));
  writeFileSync(path.join(directory, "package.json"), '{"name":"noop","private":true}');
  const env = { ...process.env, NODE_ENV: "production" as const, NEXT_TELEMETRY_DISABLED: "1" };
  // Turbopack follows no link to packages outside of its folder. What serves the built route is the same.
  execFileSync(process.execPath, [NEXT, "build", "--webpack"], { cwd: directory, env, stdio: "ignore" });
  const port = await freePort();
  const args = [NEXT, "start", "-p", String(port), "-H", "127.0.0.1"];
  const child = spawn(process.execPath, args, { cwd: directory, env, stdio: "ignore" });
  endWithUs(child);
  const url = `http://127.0.0.1:${port}`;
  const answers = () => fetch(`${url}${NOOP_PATH}`, { method: "POST", body: "{}" }).catch(() => undefined);
  await until("the route that does nothing answers", async () => (await answers())?.status === 200);
  return {
    url,
    pid: child.pid as number,
    async close() {
      await kill(child);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
