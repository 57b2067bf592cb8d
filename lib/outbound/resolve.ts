/**
 * Resolves names to addresses. DNS servers are asked from the event loop, never through getaddrinfo: it blocks one of
 * libuv's threads until the answer, so two slow names would delay every other destination, and the database's connections.
 */
import { lookup, Resolver } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

export interface Address {
  address: string;
  family: number;
}

/** Two tries: the second waits about twice as long. */
const QUERY_MS = 1_500;
const TRIES = 2;
/** RFC 8305, 3: once one family has answered, the other gets this much longer. Some servers never answer for AAAA. */
const OTHER_FAMILY_MS = 300;
const HOSTS_FILE = process.platform === "win32" ? "C:\\Windows\\System32\\drivers\\etc\\hosts" : "/etc/hosts";

/**
 * Every address of a host as a URL spells it. `servers` is EGRESS_DNS_SERVERS. Without it, /etc/hosts and the system's
 * servers are asked, and getaddrinfo for names without a dot, which only the local network can know. Rejects when there is
 * no address, or none in time.
 */
export async function resolveHost(hostname: string, servers: string, timeoutMs: number): Promise<Address[]> {
  const literal = hostname.replace(/^\[|\]$/g, "");
  const family = isIP(literal);
  if (family) return [{ address: literal, family }];

  const name = hostname.replace(/\.$/, "");
  if (name === "localhost" || (servers === "" && !name.includes("."))) {
    return within(timeoutMs, lookup(name, { all: true, verbatim: true }));
  }
  const known = servers === "" ? await readHosts(name) : [];
  return known.length > 0 ? known : askServers(name, servers, timeoutMs);
}

async function askServers(name: string, servers: string, timeoutMs: number): Promise<Address[]> {
  const resolver = new Resolver({ timeout: QUERY_MS, tries: TRIES });
  if (servers !== "") resolver.setServers(servers.split(",").map((server) => server.trim()));
  const found: Address[] = [];
  const ask = async (family: number, answer: Promise<string[]>) => {
    for (const address of await answer) found.push({ address, family });
  };
  const asked = [ask(4, resolver.resolve4(name)), ask(6, resolver.resolve6(name))];
  const all = Promise.allSettled(asked);
  const soon = Promise.any(asked).then(
    () => wait(OTHER_FAMILY_MS, undefined, { ref: false }),
    () => all,
  );
  await within(timeoutMs, Promise.race([all, soon])).finally(() => resolver.cancel());
  if (found.length === 0) await asked[0];
  return [...found];
}

/** Not cached: the file is small, and may change while we run. */
async function readHosts(name: string): Promise<Address[]> {
  const text = await readFile(HOSTS_FILE, "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => {
    const [address = "", ...names] = line.replace(/#.*/, "").trim().toLowerCase().split(/\s+/);
    return isIP(address) && names.includes(name) ? [{ address, family: isIP(address) }] : [];
  });
}

async function within<Result>(milliseconds: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(Object.assign(new Error("No answer in time."), { code: "ETIMEOUT" })),
      milliseconds,
    );
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
