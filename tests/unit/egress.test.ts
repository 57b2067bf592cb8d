/** What a destination may be: addresses, spellings of URLs, ports, custom headers, and how long failures wait. Long because it is tables. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { checkConfiguration } from "@/lib/boot/checks";
import { checkDestinationUrl, checkHeaders } from "@/lib/destinations/policy";
import { retryDelay } from "@/lib/destinations/retry";
import { environment } from "@/lib/env";
import { isAllowedAddress } from "@/lib/outbound/addresses";
import { classOfStatus } from "@/lib/outbound/failure";
import { masker, secretsIn } from "@/lib/outbound/mask";
import { POLICIES } from "@/lib/outbound/policies";
import { sendRequest } from "@/lib/outbound/request";
import { checkUrl, NOT_PUBLIC } from "@/lib/outbound/url";

const ROOT = path.join(import.meta.dirname, "../..");

/** The first and last address of each range that is not the public internet. */
const PRIVATE = [
  ...["0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1"],
  ...["127.255.255.255", "169.254.0.0", "169.254.169.254", "172.16.0.0", "172.31.255.255", "192.0.0.0", "192.0.0.192"],
  ...["192.0.2.1", "192.88.99.1", "192.168.0.0", "192.168.255.255", "198.18.0.0", "198.19.255.255", "198.51.100.1"],
  ...["203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.0", "255.255.255.255", "100.100.100.200"],
  "168.63.129.16",
  ...["::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1", "0:0:0:0:0:ffff:a00:1"],
  ...["64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "100:0:0:1::1", "2001::1", "2001:db8::1", "2002:7f00:1::"],
  ...["::ffff:0:127.0.0.1", "::ffff:0:7f00:1", "::127.0.0.1", "2001:0:7f00:1::", "2001:0:808:808::80ff:fffe"],
  ...[
    "64:ff9b:1:7f00:0:100::",
    "2002:a9fe:a9fe::",
    "2606:4700::5efe:7f00:1",
    "4000::1",
    "192.175.48.1",
    "192.31.196.1",
  ],
  ...["192.52.193.1", "2620:4f:8000::1"],
  ...["3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1"],
];
const PUBLIC = [
  ...["1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0"],
  ...[
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "223.255.255.255",
  ],
  ...["168.63.129.15", "2606:4700:4700::1111", "2a00:1450:4001:800::200e", "::ffff:1.1.1.1"],
];

describe("addresses", () => {
  test.each(PRIVATE)("%s is not allowed [S01]", (address) => expect(isAllowedAddress(address, "")).toBe(false));
  test.each(PUBLIC)("%s is allowed", (address) => expect(isAllowedAddress(address, "")).toBe(true));

  test("an IPv6 network that is allowed does not open the IPv4 addresses its members carry", () => {
    const carrying = [
      "::ffff:0:127.0.0.1",
      "64:ff9b::7f00:1",
      "::127.0.0.1",
      "2002:7f00:1::",
      "2001:0:808:808::80ff:fffe",
    ];
    for (const address of [...carrying, "64:ff9b:1:7f00:0:100::", "2606:4700::200:5efe:a00:1"]) {
      expect([address, isAllowedAddress(address, "::/0")]).toEqual([address, false]);
    }
    expect(isAllowedAddress("64:ff9b::101:101", "64:ff9b::/96")).toBe(true);
    expect(isAllowedAddress("64:ff9b::7f00:1", "64:ff9b::/96,127.0.0.0/8")).toBe(true);
  });

  test("EGRESS_ALLOW_PRIVATE allows what it names, in every spelling, and nothing beside it", () => {
    const networks = "10.1.0.0/16, 127.0.0.1/32,fd00::/8";
    for (const address of ["10.1.2.3", "::ffff:10.1.2.3", "127.0.0.1", "::ffff:7f00:1", "fd00::1", "1.1.1.1"]) {
      expect([address, isAllowedAddress(address, networks)]).toEqual([address, true]);
    }
    for (const address of ["10.2.0.1", "127.0.0.2", "169.254.169.254", "::1", "fe80::1"]) {
      expect([address, isAllowedAddress(address, networks)]).toEqual([address, false]);
    }
  });

  test.each(["10.0.0.0", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "::/129", "localhost/8", "10.0.0/8"])(
    "the malformed network %s stops the start",
    (network) => {
      const env = { ...environment(), EGRESS_ALLOW_PRIVATE: network };
      expect(() => checkConfiguration(env)).toThrow(`EGRESS_ALLOW_PRIVATE: "${network}" is not a network`);
    },
  );
});

/** Every way to write this machine, or another that is not public. */
const SPELLINGS = [
  ...["http://127.0.0.1/", "http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/", "http://127.1/", "http://0/"],
  ...["http://127。0。0。1/", "http://①②⑦.⓪.⓪.①/", "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/", "http://localhost/", "http://localhost./"],
  ...["http://LOCALHOST:8080/", "http://%6c%6f%63%61%6c%68%6f%73%74/", "http://[::1]/", "http://[::ffff:127.0.0.1]/"],
  ...["http://[::127.0.0.1]/", "http://[0:0:0:0:0:0:0:1]/", "http:127.0.0.1", "http:///127.0.0.1", "https:/127.0.0.1/"],
  ...[
    "http://127.0.0.1:8080/",
    "http://127.0.0.1./",
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/",
  ],
  ...["http://0xa9fea9fe/", "http://10.0.0.1/", "http://[64:ff9b::a9fe:a9fe]/"],
  ...["http://[::ffff:0:127.0.0.1]/", "http://[2002:7f00:1::]/", "http://[2001:0:7f00:1::]/"],
];

/** Rejected as text, before any lookup. */
const MISSPELLED = [
  ...["ht\ntp://127.0.0.1/", "http://127.0.0.1\t/", " http://127.0.0.1/", "http://example.com\\@127.0.0.1/"],
  ...["http://example.com@127.0.0.1/", "http://user:secret@example.com/", "https://:secret@example.com/"],
  ...["example.com@127.0.0.1", "127.0.0.1", "//127.0.0.1/", "http://", "http://[::1", "http://a b/", ""],
  ...[
    "file:///etc/passwd",
    "gopher://127.0.0.1/",
    "ftp://example.com/",
    "data:text/plain,x",
    "blob:https://example.com/x",
  ],
  ...[
    "javascript:alert(1)",
    "ws://example.com/",
    "wss://example.com/",
    "dict://127.0.0.1:11211/",
    "unix:/var/run/docker.sock",
  ],
  ...[22, 25, 53, 445, 2375, 3306, 5432, 6379, 9200, 11211, 27017].map((port) => `https://example.com:${port}/`),
  `https://example.com/${"a".repeat(2048)}`,
];

describe("URLs", () => {
  const deliver = (url: string) =>
    sendRequest(
      POLICIES.destination,
      { url, headers: {}, body: Buffer.from("{}"), timeoutMs: 2_000 },
      { EGRESS_ALLOW_PRIVATE: "", EGRESS_DNS_SERVERS: "" },
    );

  test.each(SPELLINGS)(
    "%s is refused when it is saved and when it is used, in the same words [S01] [S02] [S10]",
    async (url) => {
      expect(await checkDestinationUrl(url, "", "")).toBe(NOT_PUBLIC);
      const { failure } = await deliver(url);
      expect(failure).toEqual({ class: "blocked_address", message: NOT_PUBLIC.title });
      expect(JSON.stringify(failure)).not.toMatch(/127|::1|\d+\.\d+\.\d+/);
    },
  );

  test.each(MISSPELLED)("%j is refused as it is written [S02] [S08]", async (url) => {
    const problem = checkUrl(url);
    expect(problem).toEqual({ title: expect.any(String), detail: expect.any(String) });
    expect(JSON.stringify(problem)).not.toContain("secret");
    expect(await checkDestinationUrl(url, "0.0.0.0/0,::/0", "")).toEqual(problem);
    expect((await deliver(url)).failure).toEqual({ class: "blocked_address", message: problem?.title });
  });

  test.each([
    "https://example.com/webhooks?token=1#part",
    "http://example.com:8080",
    "https://bücher.example/",
    "https://[2606:4700:4700::1111]:8443/",
  ])("%s is fine as it is written", (url) => expect(checkUrl(url)).toBeNull());

  test("a header that HTTP cannot carry is a mistake of ours, and thrown", async () => {
    const headers = { "x-a": "b\r\nc: d" };
    const request = { url: "http://127.0.0.1:9/", headers, body: Buffer.alloc(0), timeoutMs: 500 };
    const egress = { EGRESS_ALLOW_PRIVATE: "127.0.0.0/8", EGRESS_DNS_SERVERS: "" };
    await expect(sendRequest(POLICIES.destination, request, egress)).rejects.toThrow(
      "The request could not be made: ERR_INVALID_CHAR.",
    );
  });

  test("an allowed network may be saved, and so may a host without an address yet", async () => {
    expect(await checkDestinationUrl("http://127.0.0.1:3000/", "127.0.0.0/8", "")).toBeNull();
    expect(await checkDestinationUrl("https://not-yet.example.invalid/", "", "127.0.0.1:1")).toBeNull();
  });
});

describe("custom headers", () => {
  const names = ["Host", "content-length", "Transfer-Encoding", "CONNECTION", "Keep-Alive", "Cookie", "TE", "Upgrade"];
  const prefixes = ["webhook-id", "Webhook-Signature", "webhook-anything", "x-redrive-replay", "X-Amz-Date", "proxy-a"];
  const malformed = ["", "a b", "a:", "a\r\nb", "a\0", "ä", "a".repeat(101), "(a)", "__proto__ "];
  test.each([...names, ...prefixes, ...malformed])("the name %j is refused [S11]", (name) => {
    expect(checkHeaders({ [name]: "x" })).not.toBeNull();
  });

  test.each(["a\r\nx: b", "a\nb", "a\rb", "a\0b", "\x7f", "日本", "“quoted”", "\x85", "a".repeat(2049)])(
    "the value %j is refused, and not repeated",
    (value) =>
      expect(JSON.stringify(checkHeaders({ "x-key": value }))).toMatch(/^\{"title":"The value of the header x-key/),
  );

  test("twenty are enough, and none comes twice", () => {
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`x-${n}`, "v"]));
    expect(checkHeaders(many(20))).toBeNull();
    expect(checkHeaders(many(21))).not.toBeNull();
    expect(checkHeaders({ "X-Key": "a", "x-key": "b" })).not.toBeNull();
  });

  test.each([{ Authorization: "Bearer abc.def" }, { "X-Api-Key": "ключ".slice(4) }, { "x-name": "Zoë\tß" }, {}])(
    "%j is fine",
    (headers) => expect(checkHeaders(headers as Record<string, string>)).toBeNull(),
  );
});

describe("secrets in answers", () => {
  test("are masked in every spelling, at the same length, and words are not", () => {
    const headers = { Authorization: "Bearer tok/en+ab==", "Content-Type": "application/json", "x-env": "live" };
    const mask = masker(secretsIn(headers));
    const text = 'Bearer tok/en+ab== "tok\\/en+ab==" tok%2Fen%2Bab%3D%3D application/json live';
    expect(mask(text)).toBe(
      `${"*".repeat(18)} "${"*".repeat(12)}" ${"*".repeat("tok%2Fen%2Bab%3D%3D".length)} application/json live`,
    );
  });
});

describe("the start is refused", () => {
  test("with NODE_TLS_REJECT_UNAUTHORIZED=0 [S12]", () => {
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
    try {
      expect(() => checkConfiguration(environment())).toThrow("NODE_TLS_REJECT_UNAUTHORIZED=0");
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
  });

  test.each(["dns.example.com", "1.2.3", "1.2.3.4:x", "1.2.3.4,"])("with EGRESS_DNS_SERVERS=%s", (servers) => {
    process.env.EGRESS_DNS_SERVERS = servers;
    try {
      expect(() => environment()).toThrow("EGRESS_DNS_SERVERS must be addresses");
    } finally {
      delete process.env.EGRESS_DNS_SERVERS;
    }
  });
});

describe("retries", () => {
  const schedule = { base_delay_ms: 1_000, backoff_factor: 2 };
  const HOUR = 3_600_000;
  const now = Date.UTC(2026, 10, 22, 8);
  const delay = (retryAfter: string, attempt = 1) =>
    retryDelay("http_429", attempt, schedule, { retryAfter, now, random: () => 0 });

  test.each([
    ...["9e99", "-5", "NaN", "1.5", "", " ", "Infinity", "0x10", "1,2", "5, 10", "tomorrow", "2026-11-22"].map(
      (value) => [value, 1_000] as const,
    ),
    ["0", 1_000],
    ["120", 120_000],
    ["3601", HOUR],
    ["999999999", HOUR],
    ["9999999999", 1_000],
    [new Date(now - 60_000).toUTCString(), 1_000],
    [new Date(now + 60_000).toUTCString(), 60_000],
    [new Date(now + 400 * 24 * HOUR).toUTCString(), HOUR],
  ] as const)("Retry-After: %s waits %i ms", (value, expected) => expect(delay(value)).toBe(expected));

  test("never earlier than scheduled, never later than a day [E14]", () => {
    expect(delay("1", 6)).toBe(32_000);
    expect(retryDelay("http_5xx", 40, schedule, { random: () => 0 })).toBe(24 * HOUR);
  });

  test.each([
    [301, "redirect"],
    [400, "http_4xx"],
    [401, "http_401"],
    [403, "http_401"],
    [404, "http_4xx"],
    [408, "timeout"],
    [410, "http_4xx"],
    [425, "http_4xx"],
    [422, "http_422"],
    [429, "http_429"],
    [500, "http_5xx"],
    [599, "http_5xx"],
    [999, "http_5xx"],
  ] as const)("%i is %s", (status, expected) => expect(classOfStatus(status)).toBe(expected));
});

test("nothing but lib/outbound opens a connection to others [S05]", () => {
  // Of these, lib/db speaks to Postgres, lib/boot, lib/front and server.ts listen, and lib/client runs in the browser.
  const elsewhere = /^lib\/(?:db|boot|front|client)\//;
  const opening = ["lib", "app"].flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .map((file) => path.join(folder, file))
      .filter((file) => /\.tsx?$/.test(file) && !elsewhere.test(file))
      .filter((file) => {
        const source = readFileSync(path.join(ROOT, file), "utf8");
        // `isIP` only parses text.
        return /\bfetch\(|^import (?!type|.*\bisIP } from).*"(node:)?(https?|net|tls|http2|dgram|undici|nodemailer)"/m.test(
          source,
        );
      }),
  );
  expect(opening.sort()).toEqual(["lib/outbound/connections.ts", "lib/outbound/mail.ts"]);
});
