/** What a destination may be: its URL and its custom headers. Asked when it is saved, and the URL again at each request. */
import { environment } from "@/lib/env";
import { isAllowedAddress } from "./addresses";
import { ownEndpoint } from "./ourselves";
import { resolveHost } from "./resolve";

export interface PolicyProblem {
  /** What is wrong, in a sentence. */
  title: string;
  /** The way out. */
  detail: string;
}

/** The same words for every target that is blocked: who reads them learns nothing about the network behind. */
export const NOT_PUBLIC: PolicyProblem = {
  title: "The URL leads to an address that is not public.",
  detail: "Enter a public URL, or let an operator allow its network in EGRESS_ALLOW_PRIVATE.",
};

const LONGEST_URL = 2048;
const LOOKUP_MS = 5_000;

/**
 * Ports of services that are never a webhook endpoint and that an HTTP request could confuse or command: mail, shells,
 * files, directories, databases, queues, caches, and the doors of container hosts.
 */
const REFUSED_PORTS = new Set([
  ...[21, 22, 23, 25, 53, 69, 110, 111, 119, 135, 137, 139, 143, 161, 389, 445, 465, 512, 513, 514, 515, 587, 636, 873],
  ...[993, 995, 1433, 1521, 2049, 2181, 2375, 2376, 2379, 2380, 3306, 3389, 5432, 5672, 5900, 6000, 6379, 6667, 9042],
  ...[9092, 9200, 9300, 10250, 11211, 27017, 27018],
]);

/**
 * What is wrong with a URL as it is written, null when nothing is. Where it leads is `checkDestinationUrl`'s question.
 */
export function checkUrl(url: string): PolicyProblem | null {
  if (url.length > LONGEST_URL)
    return { title: "The URL is too long.", detail: `Use at most ${LONGEST_URL} characters.` };
  // Parsers disagree about these, and people overlook them.
  if (/[\s\\\p{Cc}]/u.test(url)) {
    return { title: "The URL has a space, a backslash or a control character.", detail: "Write them percent-encoded." };
  }
  if (!URL.canParse(url)) {
    return { title: "This is not a URL.", detail: "Enter all of it, such as https://example.com/webhooks." };
  }
  const { protocol, username, password, port } = new URL(url);
  if (protocol !== "https:" && protocol !== "http:") {
    return { title: `The scheme ${protocol} is not allowed.`, detail: "Use https, or http inside your own network." };
  }
  if (username || password) {
    return { title: "The URL has a user name or password.", detail: "Send them in a custom header, Authorization." };
  }
  if (REFUSED_PORTS.has(Number(port))) {
    return { title: `Port ${port} is not allowed.`, detail: "It belongs to a service that is no webhook endpoint." };
  }
  return null;
}

/**
 * The same with a look at where the URL leads now. A host that does not resolve yet may be saved: nothing is ever sent
 * before the address is checked again, and pinned.
 */
export async function checkDestinationUrl(
  url: string,
  allowedNetworks: string,
  dnsServers: string = environment().EGRESS_DNS_SERVERS,
): Promise<PolicyProblem | null> {
  const problem = checkUrl(url);
  if (problem) return problem;
  const addresses = await resolveHost(new URL(url).hostname, dnsServers, LOOKUP_MS).catch(() => []);
  const loop = ownEndpoint(url, addresses);
  if (loop) return loop;
  return addresses.every(({ address }) => isAllowedAddress(address, allowedNetworks)) ? null : NOT_PUBLIC;
}

const MOST_HEADERS = 20;
const LONGEST_HEADER_NAME = 100;
const LONGEST_HEADER_VALUE = 2048;

/** They frame the request, belong to the connection, or say who we are and what we signed. */
const REFUSED_HEADERS =
  /^(host|content-length|content-encoding|transfer-encoding|connection|keep-alive|te|trailer|upgrade|expect|cookie|set-cookie|accept-encoding|(proxy|sec|webhook|x-redrive|redrive|x-amz)-.*)$/i;

/** What is wrong with the custom headers of a destination, null when nothing is. Never repeats a value. */
export function checkHeaders(headers: Record<string, string>): PolicyProblem | null {
  const names = Object.keys(headers);
  if (names.length > MOST_HEADERS) {
    return { title: "There are too many headers.", detail: `Use at most ${MOST_HEADERS}.` };
  }
  if (new Set(names.map((name) => name.toLowerCase())).size < names.length) {
    return { title: "A header is there twice.", detail: "Names differ in more than capital letters." };
  }
  return names.map((name) => checkHeader(name, headers[name] ?? "")).find((problem) => problem !== null) ?? null;
}

function checkHeader(name: string, value: string): PolicyProblem | null {
  if (name.length > LONGEST_HEADER_NAME || !/^[!#$%&'*+\-.^_`|~0-9a-z]+$/i.test(name)) {
    return { title: "A header's name is not valid.", detail: "Use letters, digits and hyphens, such as X-Api-Key." };
  }
  if (REFUSED_HEADERS.test(name)) {
    return {
      title: `The header ${name} cannot be set.`,
      detail: "Redrive or the connection sets it. Choose another name.",
    };
  }
  if (value.length > LONGEST_HEADER_VALUE || !/^[\t\x20-\x7e\xa0-\xff]*$/.test(value)) {
    return {
      title: `The value of the header ${name} is not valid.`,
      detail: `Use at most ${LONGEST_HEADER_VALUE} characters of Latin-1, without line breaks.`,
    };
  }
  return null;
}
