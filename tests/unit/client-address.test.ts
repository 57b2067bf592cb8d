import type { IncomingMessage } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { clientAddress, sealClientAddress } from "@/lib/front/client-address";
import { readProxies } from "@/lib/front/proxies";

afterEach(() => {
  delete process.env.TRUSTED_PROXIES;
});

/** The address that Next is told for a request of this peer. */
function addressOf(peer: string, forwarded?: string, trusted = ""): string {
  process.env.TRUSTED_PROXIES = trusted;
  const headers = { ...(forwarded !== undefined && { "x-forwarded-for": forwarded }) };
  const request = { socket: { remoteAddress: peer }, headers } as unknown as IncomingMessage;
  sealClientAddress(request);
  return clientAddress(request.headers as Record<string, string>);
}

describe("the client's address", () => {
  test.each([
    ["a private peer is believed nothing", "10.1.2.3", "203.0.113.9", "", "10.1.2.3"],
    ["loopback is believed nothing", "127.0.0.1", "203.0.113.9", "", "127.0.0.1"],
    ["a trusted proxy is believed", "10.0.0.7", "203.0.113.9", "10.0.0.7", "203.0.113.9"],
    [
      "the hop before the first stranger counts, whatever the stranger claims",
      "10.0.0.7",
      "6.6.6.6, 203.0.113.9, 10.0.0.8",
      "10.0.0.0/24",
      "203.0.113.9",
    ],
    ["a proxy that names nobody is the client", "10.0.0.7", undefined, "10.0.0.7", "10.0.0.7"],
    ["what is no address ends the walk", "10.0.0.7", "203.0.113.9, unknown", "10.0.0.7", "10.0.0.7"],
    ["ports and brackets are left out", "10.0.0.7", "[2001:DB8::1]:443", "10.0.0.7", "2001:db8::1"],
    ["a mapped address is the same proxy", "::ffff:10.0.0.7", "203.0.113.9:4711", "10.0.0.7", "203.0.113.9"],
    ["a wide IPv6 block trusts no IPv4 peer", "10.0.0.7", "203.0.113.9", "::/0", "10.0.0.7"],
    ["all trusted: the farthest counts", "10.0.0.7", "10.0.0.9", "10.0.0.0/8", "10.0.0.9"],
  ])("%s", (_name, peer, forwarded, trusted, expected) => {
    expect(addressOf(peer, forwarded, trusted)).toBe(expected);
  });

  test("a caller's own x-redrive-client is worth nothing", () => {
    for (const forged of ["203.0.113.9", "0 203.0.113.9", " 203.0.113.9", "undefined 203.0.113.9"]) {
      expect(clientAddress({ "x-redrive-client": forged }), forged).toBe("unknown");
    }
  });

  test("where nobody knows the peer, X-Forwarded-For counts only with TRUSTED_PROXIES", () => {
    const headers = new Headers({ "x-forwarded-for": "6.6.6.6, 203.0.113.9, 10.0.0.8" });
    expect(clientAddress(headers)).toBe("unknown");
    process.env.TRUSTED_PROXIES = "10.0.0.0/8";
    expect(clientAddress(headers)).toBe("203.0.113.9");
  });
});

test.each(["10.0.0.0/33", "10.0.0", "proxy.example", "10.0.0.1/8/8", "::1/129", "10.0.0.1/"])(
  "TRUSTED_PROXIES=%s is refused, and named",
  (list) => {
    expect(() => readProxies(list)).toThrow(/TRUSTED_PROXIES has/);
  },
);
