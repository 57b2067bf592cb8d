/** TRUSTED_PROXIES: the proxies whose X-Forwarded-* headers are trusted. None by default. */
import net from "node:net";
import { ConfigurationError } from "../env";

/** Separate lists, because a BlockList finds IPv4 addresses in wide IPv6 blocks. */
type Networks = Record<4 | 6, net.BlockList>;

/** Reads addresses and CIDR blocks, separated by commas or white space. Throws `ConfigurationError` for anything else. */
export function readProxies(list: string): Networks {
  const proxies: Networks = { 4: new net.BlockList(), 6: new net.BlockList() };
  for (const entry of list.split(/[\s,]+/).filter(Boolean)) {
    const [address = "", bits, ...rest] = entry.split("/");
    const family = net.isIP(address) as 0 | 4 | 6;
    const most = family === 6 ? 128 : 32;
    const isWhole = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
    if (family === 0 || !isWhole || rest.length > 0) {
      throw new ConfigurationError(
        `TRUSTED_PROXIES has "${entry.slice(0, 80)}": list addresses and CIDR blocks, such as 10.0.0.7, 10.1.0.0/16.`,
      );
    }
    proxies[family].addSubnet(address, Number(bits ?? most), NAMES[family]);
  }
  return proxies;
}

/** Whether the peer of a connection is one of our proxies. */
export function isTrustedProxy(address: string): boolean {
  const family = net.isIP(address) as 0 | 4 | 6;
  // Asked three times per request, and most installations list none.
  if (family === 0 || !process.env.TRUSTED_PROXIES) return false;
  return proxies()[family].check(address, NAMES[family]);
}

export function hasTrustedProxies(): boolean {
  return proxies()[4].rules.length + proxies()[6].rules.length > 0;
}

const NAMES = { 4: "ipv4", 6: "ipv6" } as const;
let read: { list: string; proxies: Networks } | undefined;

function proxies(): Networks {
  const list = process.env.TRUSTED_PROXIES ?? "";
  if (read?.list !== list) read = { list, proxies: readProxies(list) };
  return read.proxies;
}
