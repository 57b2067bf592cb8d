/** A Redis for BullMQ, with its append-only file as durable as asked for. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { freePort } from "../../lib/db/embedded-postmaster";
import { endWithUs, kill } from "./children";

export interface RunningRedis {
  port: number;
  pid: number;
  stop(): Promise<void>;
}

export const NO_REDIS =
  "BullMQ: not measured, because there is no redis-server on PATH (apt-get install redis-server).";

export function hasRedis(): boolean {
  return spawnSync("redis-server", ["--version"]).status === 0;
}

/** `everysec` may lose a second of acknowledged jobs, `always` none: the second is what Postgres promises. */
export async function startRedis(appendfsync: "everysec" | "always"): Promise<RunningRedis> {
  const directory = mkdtempSync(path.join(os.tmpdir(), "redrive-redis-"));
  const port = await freePort();
  const settings = { port: String(port), bind: "127.0.0.1", save: "", appendonly: "yes", appendfsync, dir: directory };
  const child = spawn(
    "redis-server",
    Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  endWithUs(child);
  await ready(child);
  return {
    port,
    pid: child.pid as number,
    async stop() {
      await kill(child);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function ready(child: ChildProcess): Promise<void> {
  let printed = "";
  for await (const chunk of child.stdout ?? []) {
    printed += chunk;
    if (printed.includes("Ready to accept connections")) break;
  }
  if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}:\n${printed}`);
}
