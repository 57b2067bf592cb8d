/** Runs the Supabase CLI on a database URL: no Docker, no account, no telemetry. Called by supabase/generate.ts. */
import { spawn } from "node:child_process";
import os from "node:os";
import path from "node:path";

/** The directory of the checkout, with supabase/ and node_modules/. */
export const ROOT = path.resolve(import.meta.dirname, "../..");

/** Resolves to the CLI's standard output; rejects with all its output, passwords masked. */
export function supabase(...args: string[]): Promise<string> {
  const script = path.join(ROOT, "node_modules/supabase/dist/supabase.js");
  const child = spawn(process.execPath, [script, ...args, "--workdir", ROOT], {
    cwd: ROOT,
    env: cliEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  let said = "";
  child.stdout.on("data", (chunk) => {
    printed += chunk;
    said += chunk;
  });
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(printed);
      else reject(new Error(`supabase ${args.slice(0, 2).join(" ")} ended with ${code}:\n${masked(said.trim())}`));
    });
  });
}

/** The CLI expects encryption unless told otherwise; a server on this machine offers none. */
export function cliUrl(url: string): string {
  const parsed = new URL(url);
  const local = ["localhost", "127.0.0.1", "[::1]"].includes(parsed.hostname);
  if (local && !parsed.searchParams.has("sslmode")) parsed.searchParams.set("sslmode", "disable");
  return parsed.toString();
}

/** Our own environment without variables that would point the CLI at a hosted project. */
function cliEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(SUPABASE_|PG|NODE_OPTIONS)/.test(name));
  return {
    ...(Object.fromEntries(kept) as NodeJS.ProcessEnv),
    HOME: process.env.HOME ?? os.tmpdir(),
    SUPABASE_TELEMETRY_DISABLED: "1",
    SUPABASE_NO_UPDATE_NOTIFIER: "1",
    DO_NOT_TRACK: "1",
  };
}

function masked(text: string): string {
  return text.replace(/(:\/\/[^:/\s]+:)[^@\s]+@/g, "$1***@");
}
