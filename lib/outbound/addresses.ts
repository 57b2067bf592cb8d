/** Which addresses a destination may have. Resolved addresses are checked, never the spelling of a host. */
import { BlockList, isIP } from "node:net";
import { ConfigurationError } from "@/lib/env";

/** IANA special-purpose registries: everything that is not the public internet. */
const NOT_PUBLIC = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  // Azure's host agent answers every virtual machine at this address, which is in the public range.
  "168.63.129.16/32",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  // Anycast of DNS and multicast gateways: AS112 (RFC 7535) and AMT (RFC 7450).
  "192.31.196.0/24",
  "192.52.193.0/24",
  "192.168.0.0/16",
  "192.175.48.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
  // Everything outside of 2000::/3, the only block in use: loopback, mapped, translated (::ffff:0:0:0/96), NAT64, unique
  // local, link-local, multicast, and unassigned addresses.
  "::/3",
  "4000::/2",
  "8000::/1",
  "2001::/23",
  "2001:db8::/32",
  "2002::/16",
  "2620:4f:8000::/48",
  "3fff::/20",
];

/** Separate lists, because a BlockList finds every IPv4 address in IPv6 blocks around ::ffff:0:0/96 such as ::/0. */
type Networks = Record<"ipv4" | "ipv6", BlockList>;

const notPublic = networksOf(NOT_PUBLIC, "the built-in list");

/**
 * Whether a connection to this address is allowed. `allowedNetworks` is EGRESS_ALLOW_PRIVATE: comma-separated CIDR blocks.
 * An IPv6 address that contains an IPv4 address leads there through a gateway, so both must be allowed. Throws
 * `ConfigurationError` when a block is malformed.
 */
export function isAllowedAddress(address: string, allowedNetworks: string): boolean {
  const allowed = readNetworks(allowedNetworks);
  return [unmapped(address), ...embeddedIn(address)].every((one) => {
    const family = isIP(one) === 6 ? "ipv6" : "ipv4";
    return !notPublic[family].check(one, family) || allowed[family].check(one, family);
  });
}

let lastRead: { text: string; networks: Networks } | undefined;

/**
 * The networks of EGRESS_ALLOW_PRIVATE, parsed once: the variable does not change while we run. Throws `ConfigurationError`.
 */
export function readNetworks(text: string): Networks {
  if (lastRead?.text !== text) {
    const blocks = text.split(",").map((block) => block.trim());
    lastRead = { text, networks: networksOf(blocks.filter(Boolean), "EGRESS_ALLOW_PRIVATE") };
  }
  return lastRead.networks;
}

function networksOf(blocks: string[], source: string): Networks {
  const networks = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const block of blocks) {
    const [, network = "", prefix] = /^([^/]+)\/(\d{1,3})$/.exec(block) ?? [];
    const family = isIP(network);
    const bits = Number(prefix);
    if (family === 0 || bits > (family === 6 ? 128 : 32)) {
      throw new ConfigurationError(`${source}: "${block}" is not a network such as 10.0.0.0/8.`);
    }
    const type = family === 6 ? "ipv6" : "ipv4";
    networks[type].addSubnet(network, bits, type);
  }
  return networks;
}

/** `::ffff:127.0.0.1`, also spelt `::ffff:7f00:1`, is the IPv4 address it contains. */
function unmapped(address: string): string {
  const groups = groupsOf(address);
  if (groups === undefined) return address;
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  return isMapped ? dotted(groups[6], groups[7]) : groups.map((group) => group.toString(16)).join(":");
}

/**
 * The IPv4 addresses that an IPv6 address contains for a tunnel or a translator: compatible (RFC 4291, 2.5.5.1), translated
 * (RFC 2765), NAT64 (RFC 6052; its local prefix 64:ff9b:1::/48 may be divided in several ways), 6to4 (RFC 3056), Teredo (RFC
 * 4380: the server, and the client with inverted bits) and ISATAP (RFC 5214).
 */
function embeddedIn(address: string): string[] {
  const groups = groupsOf(address);
  if (groups === undefined) return [];
  const [a, b, c, d, e, f, g, h] = groups as [number, number, number, number, number, number, number, number];
  const found: string[] = [];
  const startsWithZeros = (count: number) => groups.slice(0, count).every((group) => group === 0);
  const isCompatible = startsWithZeros(6) && (g !== 0 || h > 1);
  if (isCompatible || (startsWithZeros(4) && e === 0xffff && f === 0)) found.push(dotted(g, h));
  if (a === 0x64 && b === 0xff9b) found.push(dotted(g, h));
  if (a === 0x64 && b === 0xff9b && c === 1) {
    found.push(
      dotted(d, ((e & 0xff) << 8) | (f >>> 8)),
      dotted(((d & 0xff) << 8) | (e & 0xff), f),
      dotted(((e & 0xff) << 8) | (f >>> 8), ((f & 0xff) << 8) | (g >>> 8)),
    );
  }
  if (a === 0x2002) found.push(dotted(b, c));
  if (a === 0x2001 && b === 0) found.push(dotted(c, d), dotted(g ^ 0xffff, h ^ 0xffff));
  if ((e === 0 || e === 0x200) && f === 0x5efe) found.push(dotted(g, h));
  return found;
}

/** The eight groups of an IPv6 address; undefined for anything else. */
function groupsOf(address: string): number[] | undefined {
  if (isIP(address) !== 6) return undefined;
  const canonical = new URL(`http://[${address.replace(/%.*$/, "")}]/`).hostname.slice(1, -1);
  const [before = "", after] = canonical.split("::");
  const numbers = (text = "") => (text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16)));
  const [head, tail] = [numbers(before), numbers(after)];
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

function dotted(high = 0, low = 0): string {
  return [high >>> 8, high & 255, low >>> 8, low & 255].join(".");
}
