/** The distribution's own Postgres, as `initdb` leaves it: with LLVM, which the embedded one is built without. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import postgres from "postgres";
import { freePort } from "../../lib/db/embedded-postmaster";

const INSTALLED = "/usr/lib/postgresql";
const START_MS = 30_000;

export interface StockPostgres {
  /** The URL of the database `postgres`, as its superuser. */
  url: string;
  version: string;
  stop(): Promise<void>;
}

/** The folder of its programs, or why there is none. Installs the package when we are root and it is missing. */
export function findStockPostgres(): { bin: string } | { missing: string } {
  const found = installed();
  if (found) return { bin: found };
  if (process.platform !== "linux" || process.getuid?.() !== 0 || spawnSync("apt-get", ["--version"]).status !== 0) {
    return {
      missing: "There is no Postgres with LLVM in /usr/lib/postgresql, and only root on Debian may install it.",
    };
  }
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  spawnSync("apt-get", ["update", "-qq"], { stdio: "ignore", env });
  spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "postgresql"], { stdio: "ignore", env });
  const bin = installed();
  return bin ? { bin } : { missing: "The package postgresql could not be installed, or has no LLVM." };
}

function installed(): string | undefined {
  const versions = existsSync(INSTALLED) ? readdirSync(INSTALLED).sort((a, b) => Number(b) - Number(a)) : [];
  return versions
    .map((version) => path.join(INSTALLED, version))
    .filter((home) => Number(path.basename(home)) >= 15 && existsSync(path.join(home, "lib/llvmjit.so")))
    .map((home) => path.join(home, "bin"))[0];
}

/** Starts an empty cluster with the defaults of its `initdb`, and statistics of statements. */
export async function startStockPostgres(bin: string): Promise<StockPostgres> {
  const owner = ownerOf();
  const directory = mkdtempSync(path.join(os.tmpdir(), "stock-postgres-"));
  if (owner.uid !== undefined) chownSync(directory, owner.uid, owner.gid as number);
  const run = { ...owner, cwd: "/", stdio: "ignore" as const, env: { ...process.env, LC_ALL: "C.UTF-8" } };
  const data = path.join(directory, "data");
  execFileSync(path.join(bin, "initdb"), ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"], run);
  const port = await freePort();
  const settings = [
    `port=${port}`,
    `unix_socket_directories=${directory}`,
    "listen_addresses=127.0.0.1",
    "shared_preload_libraries=pg_stat_statements",
    "pg_stat_statements.track=all",
  ];
  const server = spawn(path.join(bin, "postgres"), ["-D", data, ...settings.flatMap((one) => ["-c", one])], run);
  const remove = () => {
    // SIGQUIT ends its children with it.
    server.kill("SIGQUIT");
    rmSync(directory, { recursive: true, force: true });
  };
  process.once("exit", remove);
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  return {
    url,
    version: await answering(url),
    async stop() {
      process.off("exit", remove);
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGQUIT");
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Postgres refuses to run as root: the package made a user for it. */
function ownerOf(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"]).toString());
  return { uid: id("-u"), gid: id("-g") };
}

async function answering(url: string): Promise<string> {
  for (const giveUp = Date.now() + START_MS; ; ) {
    const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => {} });
    try {
      const [row] = await sql`select current_setting('server_version') as version`;
      return row?.version;
    } catch (error) {
      if (Date.now() > giveUp) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      await sql.end({ timeout: 1 });
    }
  }
}
