/** Local mode: secrets that an operator would have configured are generated once and stored in DATA_DIR/secrets.json. */
import { randomBytes, randomUUID } from "node:crypto";
import { linkSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { ensureCopy, readKept, writeDurably, writeKept } from "../db/kept-json";
import { providers } from "../providers";
import type { Provider } from "../providers/provider";

type Secrets = Record<string, string>;

/**
 * The simulator (`npm run simulate`) runs on this machine, which destinations may otherwise not reach. The console may send
 * samples, because the secrets that sign them are ours.
 */
const DEFAULTS: Secrets = {
  AGENT_SDK_URL: "http://127.0.0.1:4111",
  EGRESS_ALLOW_PRIVATE: "127.0.0.0/8,::1/128",
  ALLOW_SAMPLES: "1",
};

const GENERATORS: (() => Secrets)[] = [
  () => ({ NEXTAUTH_SECRET: randomBytes(32).toString("hex") }),
  () => ({ API_TOKEN_SECRET: randomBytes(32).toString("hex") }),
  () => ({ CRON_SECRET: randomBytes(24).toString("hex") }),
  () => ({ ENCRYPTION_KEY: randomBytes(32).toString("base64") }),
  () => ({ AGENT_SDK_SECRET: `whsec_${randomBytes(24).toString("base64")}` }),
  ...Object.values<Provider>(providers).flatMap(({ localSecrets }) => localSecrets ?? []),
];

/**
 * Puts generated secrets and local defaults into process.env, creating them at the first call. Never overrides a variable.
 */
export function loadLocalSecrets(dataDir: string): void {
  const secrets = { ...DEFAULTS, ...readOrCreate(dataDir) };
  for (const [name, value] of Object.entries(secrets)) process.env[name] ||= value;
}

/** Adds secrets that a newer version needs. Existing ones are never changed, since sent webhooks were signed with them. */
function readOrCreate(dataDir: string): Secrets {
  const file = path.join(path.resolve(dataDir), "secrets.json");
  const known = read(file);
  const missing = GENERATORS.map((generate) => generate()).filter((made) =>
    Object.keys(made).some((name) => !known?.[name]),
  );
  if (known && missing.length === 0) {
    keepCopy(file, known);
    return known;
  }
  const secrets = Object.assign({}, ...missing, known) as Secrets;
  mkdirSync(path.dirname(file), { recursive: true });
  if (known) {
    writeKept(file, secrets);
    return secrets;
  }
  const unfinished = `${file}.${randomUUID()}`;
  writeDurably(unfinished, `${JSON.stringify(secrets, null, 2)}\n`);
  try {
    // When two processes create the file at once, the first wins and the other uses its secrets.
    linkSync(unfinished, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(unfinished);
  }
  const kept = read(file) ?? secrets;
  keepCopy(file, kept);
  return kept;
}

function read(file: string): Secrets | undefined {
  return readKept({
    file,
    what: "The local secrets",
    holds: "they hold ENCRYPTION_KEY, without which the secrets of destinations are lost, and what providers sign with",
    lastResort:
      "Without one, set ENCRYPTION_KEY and the providers' secrets as environment variables if you noted them, move the " +
      "file away, and start again: what is missing is made anew, and each destination needs a new secret.",
    isValid: (secrets) => Object.values(secrets).every((value) => typeof value === "string"),
  }) as Secrets | undefined;
}

/** Tools may read the secrets as another user, who cannot write the copy: the next start makes it. */
function keepCopy(file: string, secrets: Secrets): void {
  try {
    ensureCopy(file, secrets);
  } catch (error) {
    if (!["EACCES", "EPERM", "EROFS"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}
