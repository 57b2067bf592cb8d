/** The distribution's PgBouncer in transaction mode, before a Postgres of a test. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { freePort } from "../../lib/db/embedded-postmaster";
import { until } from "./processes";

export interface PgBouncer {
  /** The target's URL with the pooler's port. */
  url: string;
  stop(): Promise<void>;
}

/** The path of its program, or why there is none. Installs the package when we are root and it is missing. */
export function findPgBouncer(): { program: string } | { missing: string } {
  const found = installed();
  if (found) return { program: found };
  if (process.platform !== "linux" || process.getuid?.() !== 0 || spawnSync("apt-get", ["--version"]).status !== 0) {
    return { missing: "There is no PgBouncer, and only root on Debian may install it." };
  }
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  spawnSync("apt-get", ["update", "-qq"], { stdio: "ignore", env });
  spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "pgbouncer"], { stdio: "ignore", env });
  const program = installed();
  return program ? { program } : { missing: "The package pgbouncer could not be installed." };
}

function installed(): string | undefined {
  return (
    spawnSync("sh", ["-c", "command -v pgbouncer || ls /usr/sbin/pgbouncer"]).stdout.toString().trim() || undefined
  );
}

/** In front of the database of `target`, with `poolSize` connections to it. */
export async function startPgBouncer(program: string, target: string, poolSize: number): Promise<PgBouncer> {
  const url = new URL(target);
  const directory = mkdtempSync(path.join(os.tmpdir(), "redrive-pgbouncer-"));
  chmodSync(directory, 0o777);
  const port = await freePort();
  const login = `user=${decodeURIComponent(url.username)} password=${decodeURIComponent(url.password)}`;
  const settings = [
    `[databases]\n* = host=${url.hostname} port=${url.port} ${login}\n[pgbouncer]`,
    `listen_addr = 127.0.0.1\nlisten_port = ${port}\nauth_type = any\npool_mode = transaction`,
    `default_pool_size = ${poolSize}\nunix_socket_dir =\nlogfile = ${directory}/log\n`,
  ];
  writeFileSync(path.join(directory, "pgbouncer.ini"), settings.join("\n"));
  // It refuses to run as root.
  const user = process.getuid?.() === 0 ? ["-u", "nobody"] : [];
  const child = spawn(program, [...user, path.join(directory, "pgbouncer.ini")], { stdio: "ignore" });
  process.once("exit", () => child.kill("SIGKILL"));
  await until("PgBouncer listens", () => isOpen(port));
  return {
    url: Object.assign(url, { port: String(port) }).toString(),
    async stop() {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.end());
  });
}
