/** What the tools send: events of lib/samples, really signed, to a running Redrive. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { findAddress } from "@/lib/boot/kept-address";
import type { HeaderPairs } from "@/lib/providers/provider";
import { makerOf } from "../../lib/samples/sign";
import type { Sender } from "../fixtures/sign";

/** A mistake of the person who runs the tool: shown without a stack trace. */
export class ToolError extends Error {}

export interface Answer {
  status: number;
  body: string;
  milliseconds: number;
}

/** The address of the running app. From then on its secrets are read from `data-dir`, if given. */
export function findApp(asked: { url?: string; "data-dir"?: string }): string {
  if (asked["data-dir"]) process.env.DATA_DIR = asked["data-dir"];
  return (asked.url ?? findAddress()).replace(/\/+$/, "");
}

/** Posts to the provider's route. Throws `ToolError` when nothing answers. */
export async function post(
  url: string,
  provider: Sender,
  body: Buffer,
  headers: HeaderPairs,
  path = `/api/webhooks/${provider}`,
): Promise<Answer> {
  const started = performance.now();
  const target = new URL(path, url);
  try {
    const response = await fetch(target, {
      method: "POST",
      headers: headers.map(([name, value]): [string, string] => [name, value]),
      body: new Uint8Array(body),
      redirect: "manual",
      signal: AbortSignal.timeout(15_000),
    });
    const text = await response.text();
    return { status: response.status, body: text, milliseconds: Math.round(performance.now() - started) };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new ToolError(`Nothing answers at ${target.origin} (${cause}). Start it with \`npm start\`, or pass --url.`);
  }
}

/** A provider's signing secret: from the environment, or from the secrets that `npm start` made in local mode. */
export function signingSecret(provider: Sender): string {
  const variable = makerOf(provider).signingVariable;
  const secret = secretNamed(variable);
  if (secret !== undefined) return secret;
  throw new ToolError(
    `No ${variable}. Run \`npm start\` once without DATABASE_URL: it writes local secrets to ${secretsFile()}. ` +
      `Or set ${variable} to what the running app expects${
        provider === "telnyx" ? " (base64 of the 32-byte private seed that belongs to its TELNYX_PUBLIC_KEY)" : ""
      }.`,
  );
}

/** One secret, the first where the variable holds a list. */
export function secretNamed(variable: string): string | undefined {
  const [fromEnvironment] = (process.env[variable] ?? "").split(/[\s,]+/).filter(Boolean);
  return fromEnvironment ?? localSecrets()[variable];
}

function localSecrets(): Record<string, string> {
  const file = secretsFile();
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    throw new ToolError(`${file} is not JSON. Delete it and start Redrive again: it makes a new one.`);
  }
}

function secretsFile(): string {
  return path.resolve(process.env.DATA_DIR || ".data", "secrets.json");
}
