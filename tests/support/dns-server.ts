/** A DNS server whose answers a test decides, query by query. Every answer has a TTL of 0. */
import dgram from "node:dgram";
import { once } from "node:events";

/** Addresses; no such name; a failure of the server; or silence. */
export type DnsAnswer = string[] | "NXDOMAIN" | "SERVFAIL" | "silence";

export interface DnsServer {
  /** For EGRESS_DNS_SERVERS. */
  address: string;
  /** The names asked for, A queries only. */
  asked: string[];
  close(): void;
}

const A = 1;
const RCODE = { SERVFAIL: 2, NXDOMAIN: 3 } as const;

/** `answer` is called for queries of IPv4 addresses. For other types the name is silent, fails or has no address. */
export async function startDnsServer(answer: (name: string) => DnsAnswer): Promise<DnsServer> {
  const socket = dgram.createSocket("udp4");
  const asked: string[] = [];
  const last = new Map<string, DnsAnswer>();
  socket.on("message", (query, from) => {
    const { name, type, end } = question(query);
    if (type === A) {
      asked.push(name);
      last.set(name, answer(name));
    }
    const known = last.get(name) ?? [];
    const said = type === A || typeof known === "string" ? known : [];
    if (said !== "silence") socket.send(respond(query.subarray(0, end), said), from.port, from.address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return { address: `127.0.0.1:${socket.address().port}`, asked, close: () => socket.close() };
}

function question(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function respond(asked: Buffer, said: Exclude<DnsAnswer, "silence">): Buffer {
  const addresses = typeof said === "string" ? [] : said;
  const head = Buffer.from(asked);
  head.writeUInt16BE(0x8180 | (typeof said === "string" ? RCODE[said] : 0), 2);
  head.writeUInt16BE(addresses.length, 6);
  head.writeUInt32BE(0, 8);
  const records = addresses.map((address) =>
    Buffer.from([0xc0, 0x0c, 0, A, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split(".").map(Number)]),
  );
  return Buffer.concat([head, ...records]);
}
