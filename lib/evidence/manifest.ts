/** manifest.json: which files the bundle has, signed. `signed` is the very text of the signature, so that others can check it, too. */
import { createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import type { Made } from "./files";
import { fingerprintOf, publicPem } from "./key";
import type { WrittenFile } from "./zip";

const FORMAT = "redrive-evidence/1";
export const MANIFEST = "manifest.json";

export interface Manifest {
  format: typeof FORMAT;
  algorithm: "Ed25519";
  /** PEM. */
  public_key: string;
  public_key_sha256: string;
  /** Base64. */
  signature: string;
  /** Lines: the format, the incident, when, by whom, with payloads or not; then hash, bytes and name of each file, sorted. */
  signed: string;
}

/** What a manifest states. */
export interface Statement {
  incident: string;
  madeAt: string;
  madeBy: string;
  files: WrittenFile[];
}

export function manifestOf(incident: string, made: Made, files: readonly WrittenFile[], key: KeyObject): string {
  const signed = [
    FORMAT,
    `incident ${incident}`,
    `made_at ${made.at}`,
    `made_by ${made.by.replace(/[\p{Cc}\p{Cs}\u2028\u2029]/gu, " ")}`,
    `payloads ${made.payloads ? "yes" : "no"}`,
    ...files.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((file) => `${file.sha256} ${file.bytes} ${file.name}`),
    "",
  ].join("\n");
  const public_key = publicPem(key);
  const signature = sign(null, Buffer.from(signed), key).toString("base64");
  return printed({
    ...{ format: FORMAT, algorithm: "Ed25519", public_key, public_key_sha256: fingerprintOf(public_key) },
    ...{ signature, signed },
  });
}

function printed(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** The statement of a manifest, or what is wrong with it. `trusted` is the key that has to have signed (PEM). */
export function readManifest(text: string, trusted?: string): Statement | { problem: string } {
  const manifest = parsed(text);
  if (!manifest) return { problem: "is not a manifest as Redrive writes it" };
  const { public_key, public_key_sha256, signature, signed } = manifest;
  try {
    if (fingerprintOf(public_key) !== public_key_sha256)
      return { problem: "its public_key_sha256 is not that of its public_key" };
    if (!verify(null, Buffer.from(signed), createPublicKey(public_key), Buffer.from(signature, "base64"))) {
      return { problem: "its signature does not fit: the manifest was changed" };
    }
    if (trusted !== undefined && fingerprintOf(trusted) !== public_key_sha256) {
      return { problem: `is signed by another key than the given one (its key has the SHA-256 ${public_key_sha256})` };
    }
  } catch {
    return { problem: "has a key that cannot be read" };
  }
  return statementOf(signed) ?? { problem: "its signed text cannot be read" };
}

/** Byte for byte what would have been written, so that nothing can be added or spelt in another way. */
function parsed(text: string): Manifest | undefined {
  try {
    const { format, algorithm, public_key, public_key_sha256, signature, signed } = JSON.parse(text) as Manifest;
    const again = printed({ format, algorithm, public_key, public_key_sha256, signature, signed });
    const isCanonical = Buffer.from(signature, "base64").toString("base64") === signature;
    return again === text && format === FORMAT && algorithm === "Ed25519" && isCanonical ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

function statementOf(signed: string): Statement | undefined {
  const [, incident, madeAt, madeBy, , ...lines] = signed.split("\n");
  const files = lines.slice(0, -1).map((line) => /^([0-9a-f]{64}) (\d+) (.+)$/.exec(line));
  if (lines.at(-1) !== "" || files.includes(null)) return undefined;
  return {
    incident: valueIn(incident),
    madeAt: valueIn(madeAt),
    madeBy: valueIn(madeBy),
    files: files.map((parts) => ({ sha256: parts?.[1] ?? "", bytes: Number(parts?.[2]), name: parts?.[3] ?? "" })),
  };
}

const valueIn = (line = "") => line.slice(line.indexOf(" ") + 1);
