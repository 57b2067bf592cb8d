/** Which addresses a destination may have. The check runs on resolved addresses, never on the spelling of a host. */
import { BlockList, isIP } from "node:net";
import { ConfigurationError } from "@/lib/env";

/** IANA special-purpose registries: everything that is not the public internet. */
const NOT_PUBLIC = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  // Azure's host agent answers every virtual machine there, on an address of the public range.
  "168.63.129.16/32",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
  "::/96",
  "::1/128",
  "64:ff9b::/96",
  "64:ff9b:1::/48",
  "100::/64",
  "100:0:0:1::/64",
  "2001::/23",
  "2001:db8::/32",
  "2002::/16",
  "3fff::/20",
  "5f00::/16",
  "fc00::/7",
  "fe80::/10",
  "fec0::/10",
  "ff00::/8",
];

/** Apart, because a BlockList finds every IPv4 address in IPv6 blocks around ::ffff:0:0/96 such as ::/0. */
type Networks = Record<"ipv4" | "ipv6", BlockList>;

const notPublic = networksOf(NOT_PUBLIC, "the built-in list");

/**
 * Whether a connection to this address is allowed. `allowedNetworks` is EGRESS_ALLOW_PRIVATE: CIDR blocks with commas
 * between them. Throws `ConfigurationError` when a block is malformed.
 */
export function isAllowedAddress(address: string, allowedNetworks: string): boolean {
  const plain = unmapped(address);
  const family = isIP(plain) === 6 ? "ipv6" : "ipv4";
  const allowed = readNetworks(allowedNetworks);
  return !notPublic[family].check(plain, family) || allowed[family].check(plain, family);
}

let lastRead: { text: string; networks: Networks } | undefined;

/** The networks of EGRESS_ALLOW_PRIVATE, read once: it does not change while we run. Throws `ConfigurationError`. */
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

/** `::ffff:127.0.0.1`, also spelled `::ffff:7f00:1`, is the IPv4 address it wraps. */
function unmapped(address: string): string {
  if (isIP(address) !== 6) return address;
  const canonical = new URL(`http://[${address.replace(/%.*$/, "")}]/`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical) ?? [];
  if (high === undefined || low === undefined) return canonical;
  const bits = (Number.parseInt(high, 16) << 16) | Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join(".");
}
