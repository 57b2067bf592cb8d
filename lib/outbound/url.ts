/** Which URLs may be requested at all. */
import type { Fault } from "@/lib/refusals";

/** The same message for every blocked target, so that it tells nothing about the network behind it. */
export const NOT_PUBLIC: Fault = {
  title: "The URL leads to an address that is not public.",
  detail: "Enter a public URL, or let an operator allow its network in EGRESS_ALLOW_PRIVATE.",
};

const LONGEST_URL = 2048;

/**
 * Ports of services that are never a webhook endpoint and that an HTTP request could confuse or command: mail, shells,
 * files, directories, databases, queues, caches, and the APIs of container hosts.
 */
const REFUSED_PORTS = new Set([
  ...[21, 22, 23, 25, 53, 69, 110, 111, 119, 135, 137, 139, 143, 161, 389, 445, 465, 512, 513, 514, 515, 587, 636, 873],
  ...[993, 995, 1433, 1521, 2049, 2181, 2375, 2376, 2379, 2380, 3306, 3389, 5432, 5672, 5900, 6000, 6379, 6667, 9042],
  ...[9092, 9200, 9300, 10250, 11211, 27017, 27018],
]);

/** What is wrong with a URL as it is written, null when nothing is. Its address is known only when it is resolved. */
export function checkUrl(url: string): Fault | null {
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
