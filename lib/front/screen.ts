/**
 * Runs on every request before Next does, in our own server and under `next start`: removes headers that only we may write,
 * adds the client's address and HTTPS, and refuses what no route could answer without reading its body.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ProblemInit } from "../errors";
import { mostBodyBytes, tooLarge } from "./body-caps";
import { peerOf, sealClientAddress } from "./client-address";
import { closePolitely } from "./close-politely";
import { isTrustedProxy } from "./proxies";
import { isWrongAddress, problemOfTarget, tidyTarget } from "./target";

const TWO_YEARS = "max-age=63072000";
/** Headers by which our server, middleware.ts and Next pass on facts. */
const OURS = /^x-redrive-/;
const OF_PROXIES = ["x-forwarded-host", "x-forwarded-proto", "x-forwarded-port", "forwarded"];

export type Refusal = ProblemInit | "wrong_address";

/** Prepares a request, for any route. */
export function prepare(request: IncomingMessage, response: ServerResponse): void {
  prepareUpgrade(request);
  response.setHeader("x-content-type-options", "nosniff");
  if (isHttps(request)) response.setHeader("strict-transport-security", TWO_YEARS);
  closePolitely(request, response);
}

/** The same for an upgrade, which has no response yet. */
export function prepareUpgrade(request: IncomingMessage): void {
  const isProxied = isTrustedProxy(peerOf(request));
  for (const name of Object.keys(request.headers)) if (OURS.test(name)) delete request.headers[name];
  if (!isProxied) for (const name of OF_PROXIES) delete request.headers[name];
  sealClientAddress(request);
  request.url = tidyTarget(request.url ?? "/");
}

/** Why a prepared request is not passed on to Next; undefined when it is. */
export function refusalOf(request: IncomingMessage): Refusal | undefined {
  const { url = "/", method = "GET", headers } = request;
  const problem = problemOfMethod(method) ?? problemOfTarget(url) ?? problemOfHost(headers.host);
  if (problem) return problem;
  if (isWrongAddress(method, url)) return "wrong_address";
  const cap = mostBodyBytes(url.split("?", 1)[0] ?? "");
  return Number(headers["content-length"]) > cap ? tooLarge(cap) : undefined;
}

/** Methods that a Request of the fetch standard may not have: Next would fail on them. */
export const UNREADABLE_METHODS = ["TRACE", "TRACK", "CONNECT"];

function problemOfMethod(method: string): ProblemInit | undefined {
  if (!UNREADABLE_METHODS.includes(method)) return undefined;
  return {
    status: 405,
    title: `${method} is not answered here.`,
    headers: { allow: "GET, HEAD, POST, PATCH, DELETE" },
  };
}

function problemOfHost(host: string | undefined): ProblemInit | undefined {
  if (!host || URL.canParse(`http://${host}/`)) return undefined;
  return {
    status: 400,
    title: "The Host header cannot be read.",
    detail: "Send a name or address, such as desk.example:3000.",
  };
}

/** HTTPS of this request, by its connection or by a trusted proxy; of all requests when PUBLIC_URL is HTTPS. */
function isHttps({ headers, socket }: IncomingMessage): boolean {
  const { PUBLIC_URL = "" } = process.env;
  return "encrypted" in socket || headers["x-forwarded-proto"] === "https" || /^https:/i.test(PUBLIC_URL);
}
