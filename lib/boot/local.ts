/** Local mode: what an operator would have configured is generated once and kept in DATA_DIR/secrets.json. */
import { generateKeyPairSync, randomBytes, randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ConfigurationError } from "../env";

type Secrets = Record<string, string>;

/**
 * Where the simulator (`npm run simulate`) answers, on this machine, which destinations may otherwise not reach; and the
 * console may send samples, because the secrets that sign them are ours.
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
  () => ({ STRIPE_WEBHOOK_SECRET: `whsec_${randomBytes(16).toString("hex")}` }),
  () => telnyxKeys(),
  () => ({ CHATWOOT_WEBHOOK_SECRET: randomBytes(24).toString("hex") }),
  () => ({ SHOPIFY_WEBHOOK_SECRET: randomBytes(16).toString("hex") }),
  () => ({ MITTO_URL_TOKEN: randomBytes(24).toString("base64url") }),
  () => ({ SMARTLEAD_WEBHOOK_SECRET: randomUUID() }),
  () => ({ HEYREACH_URL_TOKEN: randomBytes(24).toString("base64url") }),
  () => ({ STANDARD_WEBHOOK_SECRET: `whsec_${randomBytes(24).toString("base64")}` }),
  () => ({ AGENT_SDK_SECRET: `whsec_${randomBytes(24).toString("base64")}` }),
];

/** Puts generated secrets and local defaults into process.env, creating them at the first call. Never overrides. */
export function loadLocalSecrets(dataDir: string): void {
  const secrets = { ...DEFAULTS, ...readOrCreate(dataDir) };
  for (const [name, value] of Object.entries(secrets)) process.env[name] ||= value;
}

/** Adds what a newer version wants; what exists is never changed, since sent webhooks were signed with it. */
function readOrCreate(dataDir: string): Secrets {
  const file = path.join(path.resolve(dataDir), "secrets.json");
  const known = read(file);
  const missing = GENERATORS.map((generate) => generate()).filter((made) =>
    Object.keys(made).some((name) => !known?.[name]),
  );
  if (known && missing.length === 0) return known;

  const secrets = Object.assign({}, ...missing, known) as Secrets;
  mkdirSync(path.dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  if (known) {
    renameSync(unfinished, file);
    return secrets;
  }
  try {
    // Of two processes that create the file at once, the first wins and the other uses its secrets.
    linkSync(unfinished, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(unfinished);
  }
  return read(file) ?? secrets;
}

function read(file: string): Secrets | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new ConfigurationError(
      `The local secrets in ${file} cannot be read: ${(error as Error).message}. ` +
        "Run this as the user who ran `npm start`, or delete the file to have new ones generated.",
    );
  }
}

/** Telnyx signs with Ed25519: raw 32-byte keys in base64. The private one signs samples only. */
function telnyxKeys(): Secrets {
  const { x, d } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const base64 = (part: string | undefined) => Buffer.from(part ?? "", "base64url").toString("base64");
  return { TELNYX_PUBLIC_KEY: base64(x), TELNYX_PRIVATE_KEY: base64(d) };
}
