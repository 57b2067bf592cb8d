/**
 * The directory of the embedded Postgres and, since Postgres refuses to run as root, the user it runs as. Called by
 * embedded.ts only.
 */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import path from "node:path";
import { ConfigurationError } from "../env";
import { log } from "../log";
import { type Owner, placeBinaries } from "./embedded-binaries";

/**
 * For root only: directories that the user `postgres` can reach. /var/tmp comes last: systemd deletes what is 30 days old
 * there.
 */
const SHARED_ROOTS = ["/var/lib/redrive", "/var/tmp/redrive"];

export interface PostgresHome {
  /** Holds the cluster, its log and its redrive.json. */
  directory: string;
  /** Undefined when we are not root: Postgres then runs as our own user. */
  owner: Owner | undefined;
  initdb: string;
  pgCtl: string;
}

/**
 * Prepares the directory and the user that Postgres needs to start. Throws `ConfigurationError` when that is not possible.
 */
export function prepareHome(dataDir: string): PostgresHome {
  mkdirSync(dataDir, { recursive: true });
  const owner = process.getuid?.() === 0 ? ownerForRoot(dataDir) : undefined;
  const directory = placeDirectory(dataDir, owner);
  if (!owner) requireOurs(directory);
  const bin = path.join(
    placeBinaries(owner, () => (owner ? sharedRoot() : dataDir)),
    "bin",
  );
  const extension = process.platform === "win32" ? ".exe" : "";
  return {
    directory,
    owner,
    initdb: path.join(bin, `initdb${extension}`),
    pgCtl: path.join(bin, `pg_ctl${extension}`),
  };
}

/** Postgres starts only for the owner of its files. */
function requireOurs(directory: string): void {
  const us = process.getuid?.();
  const { uid } = statSync(directory);
  if (us === undefined || uid === us) return;
  throw new ConfigurationError(
    `The database in ${directory} belongs to user ${uid}, and this is user ${us}: start as that user ` +
      `(\`sudo -u '#${uid}' npm start\`), or set DATA_DIR to a directory of yours.`,
  );
}

/** The directory of an existing cluster, without creating anything. */
export function findHome(dataDir: string): string | undefined {
  const link = path.join(dataDir, "postgres");
  return existsSync(link) ? realpathSync(link) : undefined;
}

/** The owner of the existing cluster, else the user `postgres`, created when missing. */
function ownerForRoot(dataDir: string): Owner {
  const existing = findHome(dataDir);
  if (existing) {
    const { uid, gid } = statSync(existing);
    if (uid !== 0) return { uid, gid };
  }
  if (!idOf("-u")) createPostgresUser();
  const [uid, gid] = [Number(idOf("-u")), Number(idOf("-g"))];
  if (!uid || !gid) {
    throw new ConfigurationError(
      "Postgres refuses to run as root, and a user `postgres` could not be created. Run `useradd --system postgres`, " +
        "start as another user, or set DATABASE_URL.",
    );
  }
  return { uid, gid };
}

function idOf(flag: "-u" | "-g"): string {
  return spawnSync("id", [flag, "postgres"], { encoding: "utf8" }).stdout?.trim() ?? "";
}

function createPostgresUser(): void {
  const useradd = ["--system", "--user-group", "--no-create-home", "--shell", "/bin/false", "postgres"];
  if (spawnSync("useradd", useradd).status === 0) return;
  spawnSync("adduser", ["-S", "-D", "-H", "-s", "/bin/false", "-G", "postgres", "postgres"]);
}

/** `DATA_DIR/postgres`: a link to a directory elsewhere when the user `postgres` cannot reach DATA_DIR. */
function placeDirectory(dataDir: string, owner: Owner | undefined): string {
  const wanted = path.join(dataDir, "postgres");
  const linkIsDangling = lstatSync(wanted, { throwIfNoEntry: false })?.isSymbolicLink() && !existsSync(wanted);
  if (linkIsDangling) rmSync(wanted);
  if (!existsSync(wanted)) {
    if (!owner || canEnter(dataDir, owner)) mkdirSync(wanted, { mode: 0o700 });
    else {
      const elsewhere = mkdtempSync(path.join(sharedRoot(), "cluster-"));
      symlinkSync(elsewhere, wanted);
      log("postgres", { note: `user postgres cannot reach ${dataDir}: the database is in ${elsewhere}` });
    }
  }
  const directory = realpathSync(wanted);
  if (owner) chownSync(directory, owner.uid, owner.gid);
  return directory;
}

function canEnter(directory: string, owner: Owner): boolean {
  return spawnSync("test", ["-x", directory], { ...owner, cwd: "/" }).status === 0;
}

/**
 * A directory that only root can write to and every user can traverse. A directory of that name with another owner is
 * refused.
 */
function sharedRoot(): string {
  for (const root of SHARED_ROOTS) {
    try {
      mkdirSync(root, { recursive: true, mode: 0o755 });
      const found = lstatSync(root);
      if (!found.isDirectory() || found.uid !== 0) continue;
      chmodSync(root, 0o755);
      return root;
    } catch {
      // The root file system is read-only: the next candidate may be writable.
    }
  }
  throw new ConfigurationError(`Neither ${SHARED_ROOTS.join(" nor ")} can be used for the embedded Postgres.`);
}
