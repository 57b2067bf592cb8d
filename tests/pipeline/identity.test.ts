/**
 * What decides who an event is, in both flavours of the endpoint: Node's own headers as server.ts reads them, and the App
 * Router's, which joins equal names. On the real Postgres, so that its jsonb has a say.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accept } from "@/lib/pipeline/accept";
import { acceptFromNext } from "@/lib/pipeline/accept-from-next";
import { chatwootEvent } from "@/lib/providers/chatwoot/sample";
import type { RawRequest } from "@/lib/providers/provider";
import { shopifyBody } from "@/lib/providers/shopify/sample";
import { standardEvent } from "@/lib/providers/standard/sample";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { telnyxEvent } from "@/lib/providers/telnyx/sample";
import { getEvent } from "@/lib/queries/events";
import { bodyOf, nextId, nextUuid } from "@/lib/samples/ids";
import { EVERYTHING } from "@/lib/scope";
import { requestOf, type Sender, type SignOptions } from "../fixtures/sign";
import { storedBody } from "../support/bodies";
import { type Desk, openDesk } from "../support/desk";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

interface Heard {
  status: number;
  event_id?: string;
  duplicate?: boolean;
}

/** The same request in each flavour. The App Router's `Headers` joins equal names with a comma and a space. */
const flavours: [string, (request: RawRequest) => Promise<Heard>][] = [
  [
    "server.ts",
    async (request) => {
      const { status, body } = await accept(request);
      return { ...JSON.parse(body), status };
    },
  ],
  [
    "the App Router",
    async ({ path, headers, body, method }) => {
      const joined = new Headers();
      for (const [name, value] of headers) joined.append(name, value);
      const init = { method, headers: joined, body: new Uint8Array(body) };
      const answer = await acceptFromNext(new Request(`http://desk.test${path}`, init));
      return { ...(await answer.json()), status: answer.status };
    },
  ],
];

const bodies: Partial<Record<Sender, () => Buffer>> = {
  stripe: () => bodyOf(stripeEvent({ id: nextId("evt") })),
  telnyx: () => bodyOf(telnyxEvent({ id: nextUuid() })),
  chatwoot: () => bodyOf(chatwootEvent()),
  standard: () => bodyOf(standardEvent()),
  shopify: () => Buffer.from(shopifyBody({ order: String(Date.now()) + Math.floor(performance.now()) })),
};

const signed = (provider: Sender, options: SignOptions = {}, body = bodies[provider]?.() as Buffer) =>
  requestOf(provider, body, options);

const withHeaders = (request: RawRequest, change: (name: string, value: string) => [string, string][]): RawRequest => ({
  ...request,
  headers: request.headers.flatMap(([name, value]) => change(name, value)),
});

const stored = async (id: string | undefined) =>
  (await getEvent(String(id), EVERYTHING)) as NonNullable<Awaited<ReturnType<typeof getEvent>>>;

describe("Chatwoot's delivery id, which is not signed", () => {
  const another = (request: RawRequest) =>
    withHeaders(request, (name, value) => [[name, name === "X-Chatwoot-Delivery" ? nextUuid() : value]]);

  test.each(["message_created", "message_updated", "conversation_updated", "conversation_typing_on"] as const)(
    "does not make a second event of the same signed %s",
    async (event) => {
      const request = signed("chatwoot", {}, bodyOf(chatwootEvent({ event, at: Date.now() / 1000 })));
      for (const [, send] of flavours) await send(request);
      const again = await flavours[0]?.[1](another(request));
      expect(again).toMatchObject({ status: 200, duplicate: true });
      const { duplicate_count, conflict_count } = await stored(again?.event_id);
      expect({ duplicate_count, conflict_count }).toEqual({ duplicate_count: 2, conflict_count: 0 });
    },
  );

  test("two changes of one conversation, and an agent who types twice, stay two events each", async () => {
    const changed = (at: number) => bodyOf(chatwootEvent({ event: "conversation_updated", id: 9_001, at }));
    const typing = bodyOf(chatwootEvent({ event: "conversation_typing_on", conversation: 9_001, at: 1_772_443_800 }));
    const now = Math.floor(Date.now() / 1000);
    const ids = [];
    for (const request of [
      signed("chatwoot", {}, changed(now + 0.25)),
      signed("chatwoot", {}, changed(now + 0.5)),
      signed("chatwoot", { at: now - 20 }, typing),
      signed("chatwoot", { at: now }, typing),
    ]) {
      ids.push((await flavours[0]?.[1](request))?.event_id);
    }
    expect(new Set(ids).size).toBe(4);
  });
});

describe.each(flavours)("a header that signs or names an event and comes twice, through %s", (_, send) => {
  const cases = Object.keys(bodies).flatMap((provider) =>
    signed(provider as Sender)
      .headers.map(([name]) => name)
      .filter((name) => /signature|hmac|timestamp|topic|shop-domain|-(id|delivery)$/i.test(name))
      .map((name) => [provider as Sender, name] as const),
  );

  test.each(cases)(
    "%s: %s is refused as malformed, never picked, and kept as a rejection",
    async (provider, header) => {
      const rejections = async () => {
        const [row] = await desk.sql`
        select count(*)::int as count from rejections where provider = ${provider} and reason = 'malformed'`;
        return row?.count as number;
      };
      const before = await rejections();
      const request = signed(provider);
      const twice = withHeaders(request, (name, value) =>
        name === header
          ? [
              [name, value],
              [name, value],
            ]
          : [[name, value]],
      );
      const first = withHeaders(request, (name, value) =>
        name === header
          ? [
              [name, `x${value}`],
              [name, value],
            ]
          : [[name, value]],
      );
      for (const one of [twice, first]) expect([400, 401]).toContain((await send(one)).status);
      expect(await rejections()).toBe(before + 2);
      expect((await send(request)).status).toBe(200);
    },
  );

  test("svix- and webhook- headers that disagree are refused, and equal ones are not", async () => {
    const request = signed("standard");
    const beside = (change: (value: string) => string) => ({
      ...request,
      headers: [
        ...request.headers,
        ...request.headers
          .filter(([name]) => name.startsWith("webhook-"))
          .map(([name, value]) => [name.replace("webhook", "svix"), change(value)] as const),
      ],
    });
    expect((await send(beside((value) => `${value}0`))).status).toBe(401);
    expect((await send(beside((value) => value))).status).toBe(200);
  });
});

describe.each(flavours)("an id in UTF-8, through %s", (_, send) => {
  /** As servers pass on received headers: one character per byte. */
  const asReceived = (request: RawRequest, encoding: "utf8" | "latin1" = "utf8") =>
    withHeaders(request, (name, value) => [[name, Buffer.from(value, encoding).toString("latin1")]]);

  test("verifies, and is stored as the text it is", async () => {
    const id = `zahlung-für-№${nextId("7")}`;
    const heard = await send(asReceived(signed("standard", { id })));
    expect(heard.status).toBe(200);
    expect((await stored(heard.event_id)).event_key).toBe(id);
  });

  test("written in Latin-1 into the header, as Node's clients do, is the same event", async () => {
    const id = `zahlung-für-${nextId("8")}`;
    const body = bodies.standard?.() as Buffer;
    const first = await send(asReceived(signed("standard", { id }, body)));
    const second = await send(asReceived(signed("standard", { id }, body), "latin1"));
    expect([first.status, second.status, second.duplicate]).toEqual([200, 200, true]);
    expect(second.event_id).toBe(first.event_id);
  });
});

describe("what is odd about an event is said, and it is kept", () => {
  const [, send] = flavours[0] as (typeof flavours)[number];

  test("a key that appears twice: identity and Postgres both take the last, and the event is flagged", async () => {
    const [first, last] = [nextId("evt"), nextId("evt")];
    const event = JSON.stringify(stripeEvent({ id: "evt_x", account: "acct_last" }));
    const body = Buffer.from(
      event.replace('"id":"evt_x"', `"id":"${first}","account":"acct_first","\\u0069d":"${last}"`),
    );
    const heard = await send(signed("stripe", {}, body));
    expect(heard.status).toBe(200);
    expect(await stored(heard.event_id)).toMatchObject({
      event_key: last,
      org_id: "acct_last",
      parse_status: "ok",
      flags: ["repeated_keys"],
    });
    const [row] = await desk.sql`select id, payload from events where event_key = ${last}`;
    expect(row?.payload).toMatchObject({ id: last, account: "acct_last" });
    expect(Buffer.compare(await storedBody(desk.sql, Number(row?.id)), body)).toBe(0);
  });

  test("a key that appears twice in a query of Mitto's: both values are kept, and the event is flagged", async () => {
    const path = `/api/webhooks/mitto/fixture-mitto-url-token?msgid=a&msgid=${nextUuid()}&status=DELIVERED&errorcode=0`;
    const heard = await send({ method: "GET", path, headers: [], body: Buffer.alloc(0) }).catch(() => undefined);
    const id = (heard?.event_id ?? "") as string;
    expect((await stored(id)).flags).toEqual(["repeated_keys"]);
    const body = String(await storedBody(desk.sql, Number(id.slice(3))));
    expect(body.match(/"msgid"/g)).toHaveLength(2);
  });

  test.each(["0", "-1", "1e300", "253402300799", "99999999999", '"0000-01-01T00:00:00Z"', "{}", '"soon"'])(
    "the time %s is flagged and not used, and never an error",
    async (created) => {
      const event = JSON.stringify(stripeEvent({ id: nextId("evt") })).replace(/"created":\d+/, `"created":${created}`);
      const heard = await send(signed("stripe", {}, Buffer.from(event)));
      expect(heard.status).toBe(200);
      expect(await stored(heard.event_id)).toMatchObject({ flags: ["impossible_time"], occurred_at: null });
    },
  );
});

test("more headers than are read are answered 431 by the App Router, too", async () => {
  const request = signed("stripe");
  const many = Array.from({ length: 2_000 }, (_, n) => [`x-${n}`, "1"] as const);
  const [, send] = flavours[1] as (typeof flavours)[number];
  expect((await send({ ...request, headers: [...many, ...request.headers] })).status).toBe(431);
});
