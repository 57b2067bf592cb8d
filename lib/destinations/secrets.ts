/**
 * Secrets of destinations: AES-256-GCM under ENCRYPTION_KEY, which is not in the database. Each ciphertext is bound to its
 * destination and purpose, so that a copy in another row cannot be decrypted.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { MASK } from "@/lib/contract/destinations";
import type { SecretHolder, StoredSecret } from "@/lib/db/functions/people";
import { ConfigurationError, type Environment, environment, keyBytes } from "@/lib/env";
import { processSingleton } from "@/lib/process-singleton";
import { signingSecrets } from "./configure";

const ALGORITHM = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** The version of the encryption, for a later change of it. */
const PREFIX = "v1.";
/** The most decrypted secrets in memory: as many as a busy process works with. */
const MOST_REMEMBERED = 5_000;

/** `whsec_` and the base64 of 32 random bytes, the form that every Standard Webhooks library takes. */
export function newSigningSecret(): string {
  return `whsec_${randomBytes(32).toString("base64")}`;
}

/** `whsec_…a1b2`: enough to recognise a secret by. */
export function hintOf(secret: string): string {
  return `whsec_…${secret.replace(/=+$/, "").slice(-4)}`;
}

/** Whether secrets can be stored at all. */
export function canEncrypt(): boolean {
  return environment().ENCRYPTION_KEY !== undefined;
}

/** A new secret of a destination in its stored form. */
export function sealSecret(slug: string, secret: string): Pick<StoredSecret, "ciphertext" | "hint"> {
  return { ciphertext: encrypt(secret, secretOf(slug)), hint: hintOf(secret) };
}

/** Custom headers in their stored form: names readable, values encrypted. */
export function sealHeaders(slug: string, headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, encrypt(value, headerOf(slug, name))]),
  );
}

/** The secrets that sign now, newest first; those from before a rotation only during its overlap. */
export function activeSecrets({ slug, secrets }: SecretHolder, now = Date.now()): string[] {
  return secrets
    .filter(({ expires_at }) => expires_at === null || Date.parse(expires_at) > now)
    .map(({ ciphertext }) => decrypt(ciphertext, secretOf(slug)));
}

/** The secrets that sign requests to a destination: its own active ones, or those of the configuration. None: unsigned. */
export function secretsOf(holder: SecretHolder, env: Environment): string[] {
  return holder.secrets.length > 0 ? activeSecrets(holder) : signingSecrets(holder.slug, env);
}

/** Custom headers with their values. */
export function openHeaders({ slug, headers }: SecretHolder): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, ciphertext]) => [name, decrypt(ciphertext, headerOf(slug, name))]),
  );
}

/** Header names with their values masked. */
export function maskHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.keys(headers).map((name) => [name, MASK]));
}

/** Encrypts text. `purpose` names its use, and the same purpose is needed to decrypt it. */
export function encrypt(text: string, purpose: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key(), iv).setAAD(Buffer.from(purpose));
  const sealed = [cipher.update(text, "utf8"), cipher.final()];
  return PREFIX + Buffer.concat([iv, cipher.getAuthTag(), ...sealed]).toString("base64");
}

/** Decrypts the result of `encrypt`. Throws `ConfigurationError` when the key or the purpose differs. */
export function decrypt(ciphertext: string, purpose: string): string {
  const remembered = `${purpose} ${ciphertext}`;
  const known = opened().get(remembered);
  if (known !== undefined) return known;
  const text = open(ciphertext, purpose);
  if (opened().size >= MOST_REMEMBERED) opened().clear();
  opened().set(remembered, text);
  return text;
}

function open(ciphertext: string, purpose: string): string {
  const bytes = Buffer.from(ciphertext.slice(PREFIX.length), "base64");
  const iv = bytes.subarray(0, IV_BYTES);
  try {
    const decipher = createDecipheriv(ALGORITHM, key(), iv, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(purpose))
      .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString("utf8");
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    throw new ConfigurationError(
      "A destination's secret cannot be decrypted: ENCRYPTION_KEY is not the one it was encrypted with. Set that one again; " +
        "if it is lost, empty secrets and headers of public.destinations, start, and rotate each secret.",
    );
  }
}

const opened = () => processSingleton("opened-secrets", () => new Map<string, string>());

const secretOf = (slug: string) => `destination ${slug} secret`;
const headerOf = (slug: string, name: string) => `destination ${slug} header ${name.toLowerCase()}`;

function key(): Buffer {
  const bytes = keyBytes(environment().ENCRYPTION_KEY ?? "");
  if (bytes) return bytes;
  throw new ConfigurationError(
    "ENCRYPTION_KEY is not set: it encrypts the secrets of destinations. Make one with `openssl rand -base64 32`.",
  );
}
