/**
 * The start without server.ts, under `next start` or on a serverless host: the same preparation, and an administrator who
 * can sign in.
 */
import { ConfigurationError, environment } from "@/lib/env";
import { log, logError } from "@/lib/log";
import { processSingleton } from "@/lib/process-singleton";
import { createFirstAdministrator, FIRST_ADMINISTRATOR } from "./administrator";
import { prepare } from "./prepare";

/** Set by server.ts, which prepares and greets by itself. */
export function startedByServer(): { value: boolean } {
  return processSingleton("started-by-server", () => ({ value: false }));
}

/** Ends the process when the configuration is wrong: none of its answers would be right. */
export async function prepareForNext(): Promise<void> {
  if (startedByServer().value) return;
  try {
    const { mode, PUBLIC_URL, PORT } = environment();
    if (mode === "local") {
      throw new ConfigurationError(
        "`next start` needs a database: set DATABASE_URL or SUPABASE_URL. `npm start` brings its own.",
      );
    }
    process.env.NEXTAUTH_URL ??= PUBLIC_URL ?? `http://localhost:${PORT}`;
    await prepare();
    const password = await createFirstAdministrator();
    // Not through the log, which may be stored elsewhere and kept.
    if (password) console.log(`Sign in   ${FIRST_ADMINISTRATOR}\nPassword  ${password}   (shown this once)`);
    log("prepared", { mode });
  } catch (error) {
    if (error instanceof ConfigurationError) console.error(`\n${error.message}\n`);
    else logError("not_prepared", error);
    process.exit(1);
  }
}
