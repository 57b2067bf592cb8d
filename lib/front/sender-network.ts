/** What webhook senders are limited by: the network of the client's address. */
import net from "node:net";
import { processSingleton } from "../process-singleton";
import { clientAddress } from "./client-address";

/** This many forwarded addresses from one private peer: the peer is a proxy that TRUSTED_PROXIES does not name. */
const PROXY_FORWARDS_FOR = 3;
/** After this long without such a request the peer is not taken for a proxy any more. */
const REMEMBERED_MS = 60 * 60 * 1000;
const MOST_REMEMBERED = 100;

interface Forwarder {
  addresses: Set<string>;
  /** By `performance.now()`. */
  lastAt: number;
}

const forwarders = processSingleton("unnamed-proxies", () => new Map<string, Forwarder>());

/**
 * The network of a request's sender. Undefined when it is not known: on a platform that does not say who its peer is, and
 * behind a proxy that TRUSTED_PROXIES does not name, where all senders would share one limit.
 */
export function senderNetwork(headers: Headers | NodeJS.Dict<string | string[]>): string | undefined {
  const address = clientAddress(headers);
  if (!net.isIP(address)) return undefined;
  const forwarded = headers instanceof Headers ? headers.get("x-forwarded-for") : headers["x-forwarded-for"];
  if (forwarded && isPrivate(address) && forwardsForMany(address, String(forwarded))) return undefined;
  return networkOf(address);
}

/** The private peers that forward the requests of several clients although TRUSTED_PROXIES does not name them. */
export function unnamedProxies(): string[] {
  const since = performance.now() - REMEMBERED_MS;
  return [...forwarders]
    .filter(([, { lastAt, addresses }]) => lastAt > since && isMany(addresses))
    .map(([peer]) => peer);
}

/** An address counts as itself, an IPv6 address as its /64: that is what one subscriber has. As network_of() in SQL. */
export function networkOf(address: string): string {
  if (!net.isIPv6(address)) return address;
  const [head = "", tail] = address.split("::");
  const groups = head.split(":").filter(Boolean);
  const after = (tail ?? "").split(":").filter(Boolean);
  const missing = tail === undefined ? 0 : 8 - groups.length - after.length;
  const whole = [...groups, ...Array<string>(missing).fill("0"), ...after];
  return `${new URL(`http://[${whole.slice(0, 4).join(":")}::]`).hostname.slice(1, -1)}/64`;
}

function forwardsForMany(peer: string, forwarded: string): boolean {
  const known = forwarders.get(peer);
  const now = performance.now();
  const isOld = known === undefined || now - known.lastAt > REMEMBERED_MS;
  if (isOld && forwarders.size >= MOST_REMEMBERED) forwarders.clear();
  const { addresses } = isOld ? { addresses: new Set<string>() } : known;
  const nearest = forwarded.split(",").at(-1)?.trim() ?? "";
  if (!isMany(addresses) && net.isIP(nearest)) addresses.add(nearest);
  forwarders.set(peer, { addresses, lastAt: now });
  return isMany(addresses);
}

function isMany(addresses: ReadonlySet<string>): boolean {
  return addresses.size >= PROXY_FORWARDS_FOR;
}

const PRIVATE = new net.BlockList();
for (const [address, bits] of [
  ["10.0.0.0", 8],
  ["127.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["100.64.0.0", 10],
] as const)
  PRIVATE.addSubnet(address, bits, "ipv4");
const PRIVATE6 = new net.BlockList();
for (const [address, bits] of [
  ["::1", 128],
  ["fc00::", 7],
  ["fe80::", 10],
] as const)
  PRIVATE6.addSubnet(address, bits, "ipv6");

function isPrivate(address: string): boolean {
  return net.isIPv6(address) ? PRIVATE6.check(address, "ipv6") : PRIVATE.check(address);
}
