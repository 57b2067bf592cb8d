/** The webhook endpoint on the wire: slow, broken and odd requests against server.ts, by hand over a socket. */
import { createHash } from "node:crypto";
import type postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bodyOf } from "@/lib/samples/ids";
import { sample } from "../../lib/samples";
import { sign } from "../fixtures/sign";
import { type RunningApp, startApp } from "../support/app";
import { APP_ENVIRONMENT, connectTo, until } from "../support/processes";
import { chunked, converse, head } from "../support/raw-http";

const MIB = 1024 * 1024;

let app: RunningApp;
let sql: postgres.Sql;

beforeAll(async () => {
  app = await startApp({ env: APP_ENVIRONMENT });
  sql = await connectTo(app.dataDir);
}, 300_000);

afterAll(async () => {
  await sql?.end({ timeout: 2 });
  await app?.stop();
}, 60_000);

/** A signed Stripe event, its headers without the length, and whether it was stored as it was sent. */
function stripe() {
  const { key, body } = sample("stripe", "invoice.payment_failed");
  return {
    body,
    headers: sign("stripe", body),
    async stored(): Promise<boolean> {
      const rows = await sql`select encode(body_sha256, 'hex') as sha256 from events where event_key = ${key}`;
      expect(rows.length).toBeLessThanOrEqual(1);
      if (rows[0]) expect(rows[0].sha256).toBe(createHash("sha256").update(body).digest("hex"));
      return rows.length === 1;
    },
  };
}

const length = (bytes: number | Buffer) =>
  ["Content-Length", String(Buffer.isBuffer(bytes) ? bytes.length : bytes)] as const;
const CHUNKED = ["Transfer-Encoding", "chunked"] as const;
const PATH = "/api/webhooks/stripe";

const stillServes = async () => (await fetch(`${app.url}/api/webhooks/health`)).status;

describe("a slow sender", () => {
  test("that stalls after two bytes of its body is let go within twelve seconds [A1]", async () => {
    const answer = await converse(app.url, [head(PATH, [...stripe().headers, length(100)]), "{}"]);
    expect([undefined, 408]).toContain(answer.status);
    expect(answer.milliseconds).toBeLessThan(12_000);
  });

  test("that never ends its headers is let go within twelve seconds", async () => {
    const answer = await converse(app.url, [
      `POST ${PATH} HTTP/1.1\r\nHost: desk.test\r\nX-Slow: `,
      3_000,
      "a",
      3_000,
      "b",
    ]);
    expect([undefined, 408]).toContain(answer.status);
    expect(answer.milliseconds).toBeLessThan(12_000);
  });

  test("that takes two seconds over its body is stored", async () => {
    const { body, headers, stored } = stripe();
    const parts = [body.subarray(0, 10), 1_000, body.subarray(10, 50), 1_000, body.subarray(50)];
    const answer = await converse(app.url, [head(PATH, [...headers, length(body)]), ...parts]);
    expect(answer.status).toBe(200);
    expect(await stored()).toBe(true);
  });
});

describe("wrong framing is answered 400 and stores nothing [A4]", () => {
  test("two different content lengths", async () => {
    const { body, headers, stored } = stripe();
    const lengths = [length(body), length(body.length - 1)];
    const answer = await converse(app.url, [head(PATH, [...headers, ...lengths]), body]);
    expect(answer.status).toBe(400);
    expect(await stored()).toBe(false);
  });

  test("a content length beside chunks, which is how requests are smuggled", async () => {
    const { body, headers, stored } = stripe();
    const answer = await converse(app.url, [head(PATH, [...headers, length(body), CHUNKED]), chunked(body)]);
    expect(answer.status).toBe(400);
    expect(await stored()).toBe(false);
  });

  test.each(["zz\r\nabc\r\n0\r\n\r\n", "-5\r\nabc\r\n0\r\n\r\n", "3\r\nabcdef\r\n0\r\n\r\n"])(
    "the chunk %j",
    async (chunk) => {
      const { headers, stored } = stripe();
      const answer = await converse(app.url, [head(PATH, [...headers, CHUNKED]), chunk]);
      expect(answer.status).toBe(400);
      expect(await stored()).toBe(false);
    },
  );

  test("a method that is none", async () => {
    const { body, headers, stored } = stripe();
    const answer = await converse(app.url, [head(PATH, [...headers, length(body)], "P()ST"), body]);
    expect(answer.status).toBe(400);
    expect(await stored()).toBe(false);
  });
});

describe("unusual but right requests are stored byte for byte", () => {
  test("a body in chunks [A5]", async () => {
    const { body, headers, stored } = stripe();
    const answer = await converse(app.url, [head(PATH, [...headers, CHUNKED]), chunked(body, 7)]);
    expect(answer.status).toBe(200);
    expect(await stored()).toBe(true);
  });

  test("a sender that asks first whether it may go on [A7]", async () => {
    const { body, headers, stored } = stripe();
    const expecting = [...headers, length(body), ["Expect", "100-continue"] as const];
    const answer = await converse(app.url, [head(PATH, expecting), 200, body]);
    expect(answer).toMatchObject({ status: 200, interim: [100] });
    expect(await stored()).toBe(true);
  });

  test.each(["/api/webhooks/stripe/", "//api/webhooks/stripe", "/api//webhooks//stripe//", "/api/stripe/webhook/"])(
    "the path %s, without a redirect",
    async (path) => {
      const { body, headers, stored } = stripe();
      const answer = await converse(app.url, [head(path, [...headers, length(body)]), body]);
      expect(answer.status).toBe(200);
      expect(await stored()).toBe(true);
    },
  );

  test("two requests on one connection, sent at once [A8]", async () => {
    const [first, second] = [stripe(), stripe()];
    const wire = [first, second].flatMap(({ body, headers }) => [head(PATH, [...headers, length(body)]), body]);
    // The helper hangs up after the first answer; the second request was complete by then.
    expect((await converse(app.url, wire)).status).toBe(200);
    expect(await first.stored()).toBe(true);
    await until("the second one is stored", second.stored);
  });
});

describe("what is too large", () => {
  test("is refused by its declared length, before it was sent", async () => {
    const answer = await converse(app.url, [head(PATH, [...stripe().headers, length(11 * MIB)]), "{"]);
    expect(answer.status).toBe(413);
    expect(answer.milliseconds).toBeLessThan(2_000);
  });

  test("is refused while it streams, when its length was not declared", async () => {
    const event = bodyOf({ id: "evt_huge", type: "x", pad: "x".repeat(11 * MIB) });
    const wire = chunked(event, 16 * 1024);
    const parts = Array.from({ length: Math.ceil(wire.length / 65_536) }, (_, n) =>
      wire.subarray(n * 65_536, (n + 1) * 65_536),
    );
    const answer = await converse(app.url, [head(PATH, [...sign("stripe", event), CHUNKED]), ...parts]);
    expect(answer.status).toBe(413);
    expect(await sql`select from events where event_key = 'evt_huge'`).toHaveLength(0);
  });

  test("leaves a rejection behind", async () => {
    const [row] = await sql`select count(*)::int as count from rejections where reason = 'too_large'`;
    expect(row?.count).toBeGreaterThanOrEqual(2);
  });

  test("in the number of its headers is answered 431, and none of them is dropped before [A13]", async () => {
    const many = (count: number) => Array.from({ length: count }, (_, n) => [`a${n}`, ""] as const);
    for (const path of [PATH, "/api/webhooks/health", "/sign-in"]) {
      const answer = await converse(app.url, [head(path, [...many(2_000), length(0)])]);
      expect([path, answer.status]).toEqual([path, 431]);
    }
    // The signature is the last of 200.
    const { body, headers, stored } = stripe();
    const answer = await converse(app.url, [head(PATH, [...many(150), length(body), ...headers]), body]);
    expect(answer.status).toBe(200);
    expect(await stored()).toBe(true);
  });

  test("in its headers is answered 431 [A13]", async () => {
    const { body, headers, stored } = stripe();
    const padded = [...headers, ["X-Padding", "x".repeat(20 * 1024)] as const, length(body)];
    const answer = await converse(app.url, [head(PATH, padded), body]);
    expect(answer.status).toBe(431);
    expect(await stored()).toBe(false);
  });
});

test("a sender that hangs up in the middle of its body stores nothing and harms nobody [A10]", async () => {
  const { body, headers, stored } = stripe();
  const cut = [head(PATH, [...headers, length(body)]), body.subarray(0, 40), 100, "hang up"] as const;
  const answers = await Promise.all(Array.from({ length: 20 }, () => converse(app.url, [...cut])));
  expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => undefined));
  expect(await stored()).toBe(false);
  expect(await stillServes()).toBe(200);
});

test.each(["HEAD", "GET", "PUT", "PATCH", "DELETE"])(
  "%s is answered 405 and told what is allowed [A11]",
  async (method) => {
    const answer = await converse(app.url, [
      head(
        PATH,
        [
          ["Connection", "close"],
          ["Content-Length", "0"],
        ],
        method,
      ),
    ]);
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe("POST");
  },
);

test("an unknown provider is answered 404, also in pages' clothes", async () => {
  for (const path of ["/api/webhooks/nobody", "/api/webhooks/..%2fstripe", "/api/webhooks/%73tripe"]) {
    const { body, headers, stored } = stripe();
    const answer = await converse(app.url, [head(path, [...headers, ["Connection", "close"], length(body)]), body]);
    expect(answer.status, path).toBe(404);
    expect(await stored()).toBe(false);
  }
});

test("the server is the same process as at the start and still takes events", async () => {
  const { body, headers, stored } = stripe();
  expect((await converse(app.url, [head(PATH, [...headers, length(body)]), body])).status).toBe(200);
  expect(await stored()).toBe(true);
  expect(() => process.kill(app.pid, 0)).not.toThrow();
});
