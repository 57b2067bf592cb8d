/** Which network a webhook's sender is limited by, and when none is known. */
import type { IncomingMessage } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { sealClientAddress } from "@/lib/front/client-address";
import { networkOf, senderNetwork, unnamedProxies } from "@/lib/front/sender-network";

afterEach(() => {
  delete process.env.TRUSTED_PROXIES;
});

/** The network of a request from this peer, as our server sees it. */
function networkFrom(peer: string, forwarded?: string): string | undefined {
  const request = { socket: { remoteAddress: peer }, headers: forwarded ? { "x-forwarded-for": forwarded } : {} };
  sealClientAddress(request as unknown as IncomingMessage);
  return senderNetwork(request.headers);
}

test.each([
  ["203.0.113.9", "203.0.113.9"],
  ["2001:db8:7:1::5", "2001:db8:7:1::/64"],
  ["2001:db8::5", "2001:db8::/64"],
  ["::1", "::/64"],
  ["2001:db8:7:1:2:3:4:5", "2001:db8:7:1::/64"],
])("%s counts as %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test("an address that nobody vouches for is not known", () => {
  expect(senderNetwork(new Headers({ "x-forwarded-for": "203.0.113.9" }))).toBeUndefined();
});

describe("behind a proxy", () => {
  test("that TRUSTED_PROXIES names, the sender is the client", () => {
    process.env.TRUSTED_PROXIES = "10.0.0.1";
    expect(networkFrom("10.0.0.1", "203.0.113.9")).toBe("203.0.113.9");
  });

  test("that it does not name, senders would share one limit: there is none, and the health check says so", () => {
    const seen = [1, 2, 3, 4].map((client) => networkFrom("10.0.0.2", `203.0.113.${client}`));
    expect(seen).toEqual(["10.0.0.2", "10.0.0.2", undefined, undefined]);
    expect(networkFrom("10.0.0.3", "203.0.113.1")).toBe("10.0.0.3");
    expect(unnamedProxies()).toEqual(["10.0.0.2"]);
  });

  test("with a public address, who says that it forwards does not escape the limit", () => {
    const seen = [1, 2, 3, 4].map((client) => networkFrom("198.51.100.5", `203.0.113.${client}`));
    expect(new Set(seen)).toEqual(new Set(["198.51.100.5"]));
  });
});
