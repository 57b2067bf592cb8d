/**
 * A case: one webhook as somebody got it, the requests that follow it, and what is right. Files of a folder, `P01.json` and so
 * on: `provider, method, path, headers` without a signature, `body`, `steps`, `expect`.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { HeaderPairs, RawRequest } from "../../../lib/providers/provider";
import { hmac } from "../../../lib/samples/signing";
import { requestOf, SENDERS, type Sender, sign, TEST_SECRETS } from "../../fixtures/sign";
import { ToolError } from "../requests";

export interface CaseRequest {
  provider: Sender;
  method: "POST" | "GET";
  /** May have {MITTO_URL_TOKEN} and {SOURCE_TOKEN}. */
  path: string;
  headers: [string, string][];
  body?: string;
  body_base64?: string;
  /** A script of the folder, with its arguments, that prints the body. */
  body_generator?: string;
  /** Default: as the provider signs. */
  sign?: "none" | "standard" | "standard-utf8" | "shopify-newer";
  secret?: string;
}

export interface Case {
  id: string;
  title: string;
  requests: CaseRequest[];
  expect: { status?: number | string | number[]; event?: Record<string, unknown> };
}

/** The cases of a folder, by id. Throws `ToolError` where there are none. */
export function readCases(folder: string): Case[] {
  const files = readdirSync(folder)
    .filter((name) => /^P\d+\.json$/.test(name))
    .sort();
  if (files.length === 0) throw new ToolError(`${folder} has no cases: files such as P01.json.`);
  return files.map((name) => {
    const { id, title, steps = [], expect, ...first } = JSON.parse(readFileSync(path.join(folder, name), "utf8"));
    return { id, title, expect, requests: [first, ...steps] };
  });
}

/** The request with its body, signed as its sender signs. `tokens` fill the braces of its path. */
export function buildRequest(asked: CaseRequest, folder: string, tokens: Record<string, string>): RawRequest {
  if (!SENDERS.includes(asked.provider)) throw new ToolError(`No provider is called ${asked.provider}.`);
  const body = bodyOf(asked, folder);
  const path = asked.path.replace(/\{(\w+)\}/g, (_, name) => tokens[name] ?? `missing-${name}`);
  // Smartlead's secret is a field of the body.
  const sent = asked.provider === "smartlead" ? requestOf("smartlead", body).body : body;
  return { method: asked.method, path, headers: [...asked.headers, ...signatureOf(asked, sent)], body: sent };
}

function bodyOf({ body = "", body_base64, body_generator }: CaseRequest, folder: string): Buffer {
  if (body_base64 !== undefined) return Buffer.from(body_base64, "base64");
  if (body_generator === undefined) return Buffer.from(body);
  return execFileSync(process.execPath, body_generator.split(" "), { cwd: folder, maxBuffer: 64 * 1024 * 1024 });
}

/** The headers that prove the sender; those that the case has itself are left as they are. */
function signatureOf({ provider, sign: way, secret, headers }: CaseRequest, body: Buffer): HeaderPairs {
  if (way === "none") return [];
  if (way === "shopify-newer") {
    return [["shopify-hmac-sha256", hmac(TEST_SECRETS.shopify, "", body).toString("base64")]];
  }
  const id = headers.find(([name]) => name === "webhook-id")?.[1];
  if (way === "standard-utf8") {
    const now = String(Math.floor(Date.now() / 1000));
    const signature = hmac(secret ?? TEST_SECRETS.standard, `${id}.${now}.`, body).toString("base64");
    return [
      ["webhook-timestamp", now],
      ["webhook-signature", `v1,${signature}`],
    ];
  }
  const own = new Set(headers.map(([name]) => name.toLowerCase()));
  const options = { ...(secret !== undefined && { secret }), ...(id !== undefined && { id }) };
  return sign(provider, body, options).filter(
    ([name]) => /signature|hmac|timestamp/i.test(name) && !own.has(name.toLowerCase()),
  );
}
