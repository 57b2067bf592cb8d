/**
 * Rules for the URL and the custom headers of a destination. They are checked when it is saved, and the URL again at each
 * request.
 */
import { environment } from "@/lib/env";
import { isAllowedAddress } from "@/lib/outbound/addresses";
import { resolveHost } from "@/lib/outbound/resolve";
import { checkUrl, NOT_PUBLIC } from "@/lib/outbound/url";
import type { Fault } from "@/lib/refusals";
import { ownEndpoint } from "./ourselves";

const LOOKUP_MS = 5_000;

/**
 * What is wrong with a URL: as it is written, and with its current address. A host that does not resolve yet may be saved:
 * before anything is sent, the address is checked again and pinned.
 */
export async function checkDestinationUrl(
  url: string,
  allowedNetworks: string,
  dnsServers: string = environment().EGRESS_DNS_SERVERS,
): Promise<Fault | null> {
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

/** Headers that frame the request, belong to the connection, or carry our identity and signature. */
const REFUSED_HEADERS =
  /^(host|content-length|content-encoding|transfer-encoding|connection|keep-alive|te|trailer|upgrade|expect|cookie|set-cookie|accept-encoding|(proxy|sec|webhook|x-redrive|redrive|x-amz)-.*)$/i;

/** What is wrong with the custom headers of a destination, null when nothing is. Never repeats a value. */
export function checkHeaders(headers: Record<string, string>): Fault | null {
  const names = Object.keys(headers);
  if (names.length > MOST_HEADERS) {
    return { title: "There are too many headers.", detail: `Use at most ${MOST_HEADERS}.` };
  }
  if (new Set(names.map((name) => name.toLowerCase())).size < names.length) {
    return { title: "A header is there twice.", detail: "Names differ in more than capital letters." };
  }
  return names.map((name) => checkHeader(name, headers[name] ?? "")).find((problem) => problem !== null) ?? null;
}

function checkHeader(name: string, value: string): Fault | null {
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
