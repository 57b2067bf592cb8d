/** The client's address of a request, for limits and for the log. No other code determines it. */
import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import net from "node:net";
import { processSingleton } from "../process-singleton";
import { hasTrustedProxies, isTrustedProxy } from "./proxies";

/**
 * Written by the server in front of Next, with a key that never leaves this process: a caller's own header does not count.
 */
const CLIENT_HEADER = "x-redrive-client";
const key = processSingleton("client-address-key", () => randomBytes(16).toString("hex"));

type HeaderSource = Headers | Record<string, string | string[] | undefined>;

/**
 * The client's address. Behind our server, and under `next start`, it is the peer's; when the peer is one of
 * TRUSTED_PROXIES, it is the nearest hop of X-Forwarded-For that is not. When the peer is unknown (a serverless platform),
 * it is taken from that header only if TRUSTED_PROXIES is set; else it is "unknown".
 */
export function clientAddress(headers: HeaderSource): string {
  const [given, address] = (headerOf(headers, CLIENT_HEADER) ?? "").split(" ");
  if (given === key && address) return address;
  return hasTrustedProxies() ? nearestStranger(undefined, headerOf(headers, "x-forwarded-for")) : "unknown";
}

/** Writes the client's address into a request before Next gets it. */
export function sealClientAddress(request: IncomingMessage): void {
  const address = nearestStranger(peerOf(request), headerOf(request.headers, "x-forwarded-for"));
  request.headers[CLIENT_HEADER] = `${key} ${address}`;
}

/** The address at the other end of the connection. */
export function peerOf(request: IncomingMessage): string {
  return plain(request.socket.remoteAddress ?? "") ?? "unknown";
}

/** Follows the hops from the peer to the client while they are trusted proxies. An invalid address ends the search. */
function nearestStranger(peer: string | undefined, forwarded = ""): string {
  const hops = forwarded.split(",");
  let address = peer ?? "unknown";
  while (address === "unknown" ? peer === undefined : isTrustedProxy(address)) {
    const next = plain(hops.pop()?.trim() ?? "");
    if (!next) return address;
    address = next;
  }
  return address;
}

/** One spelling per address: without port, brackets, zone and IPv4-mapped prefix. Undefined for anything else. */
function plain(text: string): string | undefined {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text;
  const address = bare.replace(/%.*$/, "").replace(/^::ffff:(?=\d+\.)/i, "");
  if (net.isIPv4(address)) return address;
  return net.isIPv6(address) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : undefined;
}

function headerOf(headers: HeaderSource, name: string): string | undefined {
  const value = headers instanceof Headers ? headers.get(name) : headers[name];
  return value === null || value === undefined ? undefined : String(value);
}
