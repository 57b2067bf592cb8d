/**
 * `npm run password -- <e-mail>`: gives a person a new password, shows it once, ends their sessions, and lifts the sign-in
 * limits of the account and of the addresses that tried it.
 */
import { randomBytes } from "node:crypto";
import { hashPassword } from "../auth/password";
import { call, closeDatabase } from "../db/client";
import { runningPostgresUrl } from "../db/embedded";
import { ConfigurationError, environment } from "../env";
import { FIRST_ADMINISTRATOR } from "./administrator";

const email = process.argv[2] ?? FIRST_ADMINISTRATOR;
try {
  await resetPassword();
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await closeDatabase();
}

async function resetPassword(): Promise<void> {
  const { mode, dataDir } = environment();
  if (mode === "local") {
    const url = await runningPostgresUrl(dataDir);
    if (!url) throw new ConfigurationError(`No Postgres is running in ${dataDir}. Run \`npm start\` first.`);
    process.env.DATABASE_URL = url;
  }
  const password = randomBytes(15).toString("base64url");
  const found = await call("console", "set_staff_password", {
    p_email: email,
    p_password_hash: await hashPassword(password),
  });
  if (!found) throw new ConfigurationError(`There is no person with the e-mail ${email}.`);
  console.log(`Sign in   ${email}\nPassword  ${password}   (shown this once)`);
}
