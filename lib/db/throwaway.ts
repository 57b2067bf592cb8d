/** A temporary cluster for tests and supabase/generate.ts. */
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import postgres from "postgres";
import { startPostgres } from "./embedded";

export interface ThrowawayPostgres {
  /** Of the database `postgres`; see `databaseUrl` for others. */
  url: string;
  /** Creates a database, empty or as a copy of another, and returns its URL. */
  create(name: string, template?: string): Promise<string>;
  remove(): Promise<void>;
}

interface Options {
  /** Default: the system's, for temporary files. */
  directory?: string;
  /** `name=value`. */
  settings?: string[];
}

/** Starts an empty cluster in a new temporary directory. */
export async function startThrowawayPostgres(options: Options = {}): Promise<ThrowawayPostgres> {
  const dataDir = mkdtempSync(path.join(options.directory ?? os.tmpdir(), "redrive-"));
  // Postgres may run as another user, who must be able to traverse the directory.
  chmodSync(dataDir, 0o711);
  removeWhenWeDie(dataDir);
  const running = await startPostgres(dataDir, options.settings);
  return {
    url: running.url,
    create: (name, template) => createDatabase(running.url, name, template),
    async remove() {
      await running.stop();
      rmSync(running.directory, { recursive: true, force: true });
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Stops the cluster of `dataDir` and deletes both when this process ends, even by a kill: a small shell waits for that. */
export function removeWhenWeDie(dataDir: string): void {
  if (process.platform === "win32") return;
  const script = `while kill -0 "$1" 2>/dev/null; do sleep 1; done
    cluster=$(readlink -f "$2/postgres") && kill -QUIT "$(head -n 1 "$cluster/cluster/postmaster.pid")" && sleep 1
    rm -rf "$cluster" "$2"`;
  const args = ["-c", script, "sh", String(process.pid), dataDir];
  spawn("/bin/sh", args, { cwd: "/", detached: true, stdio: "ignore" }).unref();
}

/** Creates a database on the server of `url`, empty or as a copy of `template`, and returns its URL. */
export async function createDatabase(url: string, name: string, template = "template1"): Promise<string> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(`create database "${name}" template "${template}"`);
  } finally {
    await sql.end({ timeout: 1 });
  }
  return databaseUrl(url, name);
}

/** The URL of another database on the same server. */
export function databaseUrl(url: string, name: string): string {
  return Object.assign(new URL(url), { pathname: `/${name}` }).toString();
}
