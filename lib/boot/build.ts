/** The console's build, made when it is missing or when its sources have changed. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { tryLock } from "./lock";

const WAIT_FOR_OTHER_MS = 500;

/** Everything that `next build` reads. */
const SOURCES = [
  ...["app", "components", "lib", "public"],
  ...[
    "next.config.js",
    "middleware.ts",
    "instrumentation.ts",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "postcss.config.mjs",
  ],
];

/**
 * Builds if needed; when several processes start at once, one of them builds. Throws with the build's own output when that
 * fails.
 */
export async function ensureBuild(root: string, say: (line: string) => void): Promise<void> {
  const marker = path.join(root, ".next/redrive-build");
  const wanted = fingerprint(root);
  const isFresh = () => existsSync(marker) && readFileSync(marker, "utf8") === wanted;
  while (!isFresh()) {
    const lock = await tryLock(path.dirname(marker));
    if ("heldBy" in lock) {
      await sleep(WAIT_FOR_OTHER_MS);
      continue;
    }
    try {
      if (isFresh()) return;
      const started = Date.now();
      say(`Building the console${existsSync(marker) ? ", because its sources changed" : ""} (about half a minute) …`);
      rmSync(marker, { force: true });
      await build(root);
      writeFileSync(marker, wanted);
      say(`Built in ${Math.round((Date.now() - started) / 1000)} s`);
      return;
    } finally {
      await lock.release();
    }
  }
}

function fingerprint(root: string): string {
  const hash = createHash("sha256").update(process.version);
  for (const source of SOURCES)
    for (const file of filesIn(path.join(root, source)))
      hash.update(path.relative(root, file)).update(readFileSync(file));
  return hash.digest("hex");
}

function filesIn(source: string): string[] {
  if (!existsSync(source)) return [];
  if (statSync(source).isFile()) return [source];
  const names = readdirSync(source, { recursive: true, encoding: "utf8" }).sort();
  return names.map((name) => path.join(source, name)).filter((file) => statSync(file).isFile());
}

/** A child process without our secrets: only what is in its environment can end up in a bundle. */
function build(root: string): Promise<void> {
  const { PATH, HOME, TMPDIR, TEMP, SystemRoot } = process.env;
  const env = { PATH, HOME, TMPDIR, TEMP, SystemRoot, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
  const child = spawn(process.execPath, [path.join(root, "node_modules/next/dist/bin/next"), "build"], {
    cwd: root,
    env: env as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const endWithUs = () => child.kill();
  process.once("exit", endWithUs);
  child.once("close", () => process.off("exit", endWithUs));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`The console could not be built:\n${output.trim()}`));
    });
  });
}
