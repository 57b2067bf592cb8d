/**
 * The webhook endpoint beyond one signed POST: several events in one request, GET, secrets in bodies, and captured requests
 * that are sent again. Long because each case has its opposite.
 */
import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createSource } from "@/lib/commands/sources";
import { accept } from "@/lib/pipeline/accept";
import type { Answer } from "@/lib/pipeline/answer";
import { getEvent } from "@/lib/queries/events";
import { bodyOf } from "@/lib/samples/ids";
import { EVERYTHING } from "@/lib/scope";
import { ada } from "../support/actor";
import { storedBody } from "../support/bodies";
import { type Desk, eventIdIn, openDesk, workUntilIdle } from "../support/desk";

const TOKEN = "mitto-token-of-the-environment";
const SHOPIFY_SECRET = "fixture-shopify-client-secret";
const change = {
  actor: { kind: "staff", id: "staff-1", name: "Ada", role: "admin", organisations: null },
  requestId: "req-door",
  origin: "https://desk.test",
} as const;

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk({
    MITTO_URL_TOKEN: TOKEN,
    SMARTLEAD_WEBHOOK_SECRET: "smartlead-canary-5f3759df",
    SHOPIFY_WEBHOOK_SECRET: SHOPIFY_SECRET,
  });
});
afterAll(() => desk.close());

const JSON_TYPE: [string, string] = ["content-type", "application/json"];
const parsed = (answer: Answer) => JSON.parse(answer.body);
const numbersIn = (answer: Answer): number[] => parsed(answer).events.map((id: string) => Number(id.slice(3)));
const countEvents = async () => Number((await desk.sql`select count(*) from events`)[0]?.count);

describe("a request with several events", () => {
  const report = (id: string, status = "Delivered") => ({
    Id: id,
    status,
    receiver: "+15550100",
    reference: "shop-1:1",
  });
  const post = (body: Buffer) =>
    accept({ method: "POST", path: `/api/webhooks/mitto/${TOKEN}`, headers: [JSON_TYPE], body });

  test("is stored as so many, each with its own bytes, and the answer names them in order", async () => {
    const parts = [
      '{"Id":"m-1","status" : "Sent"}',
      '{"Id":"m-2","status":"DELIVERED"}',
      '{"Id":"m-1","status":"Delivered"}',
    ];
    const answer = await post(Buffer.from(`[ ${parts.join(" ,\n")} ]`));
    expect(answer.status).toBe(200);
    expect(parsed(answer)).toMatchObject({ received: true, duplicate: false, event_id: parsed(answer).events[0] });
    const bodies = await Promise.all(numbersIn(answer).map((id) => storedBody(desk.sql, id)));
    expect(bodies.map(String)).toEqual(parts);
  });

  test("counts a duplicate for each that was there before", async () => {
    await post(bodyOf([report("d-1"), report("d-2")]));
    const more = await post(bodyOf([report("d-1"), report("d-3")]));
    expect(parsed(more).duplicate).toBe(false);
    expect(parsed(await post(bodyOf([report("d-1"), report("d-2"), report("d-3")]))).duplicate).toBe(true);
    const rows = await desk.sql`select event_key, duplicate_count from events where event_key like 'd-%' order by 1`;
    expect(rows.map(({ duplicate_count }) => duplicate_count)).toEqual([2, 1, 1]);
  });

  test("is all or nothing: one that cannot be stored takes its own request down, and no other", async () => {
    await desk.sql.unsafe(`
      create function refuse_poison() returns trigger language plpgsql as
        $$ begin raise exception 'poison' using errcode = '23514'; end $$;
      create trigger refuse_poison before insert on events for each row
        when (new.object_id = 'p-poison') execute function refuse_poison();`);
    const [bad, good] = await Promise.all([
      post(bodyOf([report("p-1"), report("p-poison"), report("p-2")])),
      post(bodyOf([report("p-3"), report("p-4")])),
    ]);
    await desk.sql.unsafe("drop trigger refuse_poison on events; drop function refuse_poison()");
    expect([bad.status, bad.headers["retry-after"], good.status]).toEqual([503, "5", 200]);
    const rows = await desk.sql`select object_id from events where object_id like 'p-%' order by 1`;
    expect(rows.map(({ object_id }) => object_id)).toEqual(["p-3", "p-4"]);
    expect((await post(bodyOf([report("p-1"), report("p-poison"), report("p-2")]))).status).toBe(200);
  });
});

describe("a provider that sends with GET", () => {
  const ask = (method: string, query: string, slug = "mitto") =>
    accept({ method, path: `/api/webhooks/${slug}/${TOKEN}?${query}`, headers: [], body: Buffer.alloc(0) });

  test("is understood by its query, which is kept as the event and not in the path", async () => {
    const answer = await ask("GET", "msgid=g-1&status=Delivered&errorcode=0&reference=shop-7%3A12");
    expect(answer.status).toBe(200);
    const [row] = await desk.sql`select * from events where id = ${eventIdIn(answer)}`;
    expect(row).toMatchObject({ method: "GET", object_id: "g-1", path: "/api/webhooks/mitto/[redacted]?[redacted]" });
    expect(String(await storedBody(desk.sql, eventIdIn(answer)))).toContain("g-1");
    expect(parsed(await ask("GET", "msgid=g-1&status=Delivered&errorcode=0&reference=shop-7%3A12")).duplicate).toBe(
      true,
    );
  });

  test.each(["HEAD", "PUT", "PATCH", "DELETE", "TRACE"])("answers 405 to %s and says what it takes", async (method) => {
    const answer = await ask(method, "msgid=g-2&status=Delivered");
    expect([answer.status, answer.headers.allow]).toEqual([405, "POST, GET"]);
    expect(await desk.sql`select from events where object_id = 'g-2'`).toHaveLength(0);
  });

  test("is no example to the others", async () => {
    const answer = await ask("GET", "id=1", "heyreach");
    expect([answer.status, answer.headers.allow]).toEqual([405, "POST"]);
  });
});

describe("a secret in the body", () => {
  const CANARY = "smartlead-canary-5f3759df";
  const WRONG = "wrong-canary-a1b2c3d4e5";
  const post = (body: Buffer | string) =>
    accept({
      method: "POST",
      path: "/api/webhooks/smartlead",
      headers: [JSON_TYPE],
      body: Buffer.from(body as string),
    });

  test("is in the received bytes, and nowhere else: no column, answer or line of the log [S18]", async () => {
    let printed = "";
    vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
      printed += String(chunk);
      return true;
    });
    const written = `{"event_type":"EMAIL_SENT","event_id":"sl-1", "secret_key" : "${CANARY}","stats_id":"s-1","note":"says ${CANARY}"}`;
    const answers = [
      await post(written),
      // A conflict, a rejected request, and one that is cut off in the middle of a wrong secret.
      await post(written.replace("EMAIL_SENT", "EMAIL_OPEN")),
      await post(written.replaceAll(CANARY, WRONG)),
      await post(`{"event_type":"EMAIL_SENT","x":"${"x".repeat(940)}","secret_key":"${WRONG}"}`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 401, 401]);
    vi.restoreAllMocks();

    const id = eventIdIn(answers[0] as Answer);
    const [row] = await desk.sql`select payload from events where id = ${id}`;
    expect(String(await storedBody(desk.sql, id))).toBe(written);
    expect(row?.payload).toMatchObject({ secret_key: "[redacted]", stats_id: "s-1" });

    // An endpoint that echoes its request.
    const [destination] = await desk.sql`select id from destinations where kind = 'http'`;
    await desk.sql`
      with d as (
        insert into deliveries (event_id, destination_id, status, finished_at)
        values (${id}, ${destination?.id}, 'dead', now()) returning id
      )
      insert into attempts (delivery_id, number, fence, worker, status, finished_at, response_body)
      select id, 1, 1, 'test', 'failed', now(), ${Buffer.from(`You sent ${written} with ${CANARY}`)} from d`;
    await desk.sql`update events set status = 'dead' where id = ${id}`;

    const event = await getEvent(String(id), EVERYTHING);
    const shown = Buffer.from(event?.body_base64 ?? "", "base64").toString();
    expect(shown).toBe(written.replaceAll(CANARY, "*".repeat(CANARY.length)));
    expect(event?.deliveries.at(-1)?.attempts[0]?.response_body).toContain("You sent");

    const { listEvents } = await import("@/lib/queries/events");
    const { listMerchantEvents } = await import("@/lib/queries/merchant-events");
    const { listDeadLetters } = await import("@/lib/queries/dead-letters");
    const reads = [
      event,
      await listEvents({}, { limit: 200 }, EVERYTHING),
      await listMerchantEvents({}, { limit: 200 }, EVERYTHING),
      await listDeadLetters(100, EVERYTHING),
    ];
    const seen = [shown, printed, JSON.stringify(answers), JSON.stringify(reads), await everyText()].join("\n");
    for (const secret of [CANARY, WRONG, WRONG.slice(0, 12)]) expect(seen.split(secret)).toHaveLength(1);
  });

  test.each([
    ["inside a string of JSON", JSON.stringify(JSON.stringify({ secret_key: 'a"b\\c-canary', x: 'y"z' }))],
    ["with escapes", '{"secret_key":"a\\"b\\\\c-canary","x":1}'],
    ["twice", '{"secret_key":"first-canary","secret_key":"second-canary"}'],
    ["in one that is cut off", '{"a":1,"secret_key":"half-a-canary'],
    ["as a form", "a=1&secret_key=form-canary&b=2"],
    ["in an array", '[{"secret_key":"one-canary"},{"secret_key":"two-canary"}]'],
    ["under an escaped name", '{"secret\\u005fkey":"escaped-canary","copy":"escaped-canary"}'],
  ])("is covered %s, byte for byte", async (_name, body) => {
    const { maskSecrets } = await import("@/lib/pipeline/mask");
    const masked = maskSecrets(Buffer.from(body), { slug: "smartlead", secretFields: ["secret_key"] });
    expect(masked).toHaveLength(Buffer.byteLength(body));
    expect(masked.toString()).not.toContain("canary");
    expect(masked.toString()).toContain("***");
  });

  test("is looked for in time linear in the size", async () => {
    const { maskSecrets } = await import("@/lib/pipeline/mask");
    const started = performance.now();
    for (const unit of ["\\", '"secret_key', '"secret_key" ', '"secret_key":"\\', "api/webhooks/smartlead/"]) {
      const body = Buffer.from(unit.repeat(Math.floor(500_000 / unit.length)));
      maskSecrets(body, { slug: "smartlead", secretFields: ["secret_key"] });
    }
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  /** All columns of all tables but the received bytes; bodies of rejections as text. */
  async function everyText(): Promise<string> {
    const tables = await desk.sql`select tablename from pg_tables where schemaname = 'public'`;
    const texts: string[] = [];
    for (const { tablename } of tables) {
      const rows = await desk.sql`
        select to_jsonb(t) - 'raw_body' - 'response_body' as row, to_jsonb(t) ->> 'body' as body from ${desk.sql(tablename)} t`;
      for (const { row, body } of rows) {
        texts.push(JSON.stringify(row), Buffer.from(String(body).slice(2), "hex").toString());
      }
    }
    return texts.join("\n");
  }
});

describe("the same bytes under another key, from a provider that does not sign its keys", () => {
  let made = 0;
  const order = () =>
    bodyOf({
      id: 7_000_000_000 + ++made,
      admin_graphql_api_id: `gid://shopify/Order/${made}`,
      total_price: "9.00",
      updated_at: "2026-02-16T12:10:00-05:00",
    });
  function post(body: Buffer, id: string, { topic = "orders/create", path = "/api/webhooks/shopify" } = {}) {
    const hmac = createHmac("sha256", SHOPIFY_SECRET).update(body).digest("base64");
    const headers: [string, string][] = [
      JSON_TYPE,
      ["X-Shopify-Hmac-Sha256", hmac],
      ["X-Shopify-Topic", topic],
      ["X-Shopify-Shop-Domain", "alder.myshopify.com"],
      ["X-Shopify-Event-Id", id],
      ["X-Shopify-Triggered-At", "2026-02-16T17:10:00Z"],
    ];
    return accept({ method: "POST", path, headers, body });
  }
  const rowOf = async (answer: Answer) => {
    const [row] = await desk.sql`select id, status, suspected_replay from events where id = ${eventIdIn(answer)}`;
    const deliveries = await desk.sql`select id from deliveries where event_id = ${eventIdIn(answer)}`;
    return { suspected: row?.suspected_replay, status: row?.status, deliveries: deliveries.length };
  };
  const DELIVERED = { suspected: false, status: "received", deliveries: 1 };
  const KEPT = { suspected: true, status: "ignored", deliveries: 0 };

  test("are kept and delivered nowhere; an honest retry of the first is a duplicate [B14]", async () => {
    const body = order();
    const first = await post(body, "ev-1");
    expect(await rowOf(first)).toEqual(DELIVERED);
    expect(await rowOf(await post(body, "ev-1-again"))).toEqual(KEPT);
    expect(await rowOf(await post(body, "ev-1-again"))).toEqual(KEPT);
    expect(parsed(await post(body, "ev-1"))).toMatchObject({ duplicate: true, event_id: parsed(first).event_id });
    expect(await rowOf(await post(order(), "ev-other"))).toEqual(DELIVERED);
  });

  test("20 at once: one is delivered", async () => {
    const body = order();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => post(body, `ev-race-${n}`)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const rows = await Promise.all(answers.map(rowOf));
    expect(rows.filter(({ suspected }) => !suspected)).toEqual([DELIVERED]);
    expect(rows.filter(({ suspected }) => suspected)).toEqual(Array.from({ length: 19 }, () => KEPT));
  });

  test("from 20 connections at once, as from many processes: one is delivered [B14]", async () => {
    const postgres = (await import("postgres")).default;
    const sql = postgres(process.env.DATABASE_URL as string, { max: 20, onnotice: () => {} });
    const body = order().toString("base64");
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => {
        const event = {
          ...{ n: 0, provider: "shopify", event_key: `raw-race-${n}`, event_type: "orders/create", trust: "signed" },
          ...{
            parse_status: "ok",
            unsigned_key: true,
            body,
            fingerprint: "00",
            method: "POST",
            path: "/",
            headers: [],
          },
        };
        return sql`select accept_events(${sql.json([event])})`;
      }),
    );
    await sql.end();
    const rows = await desk.sql`select suspected_replay from events where event_key like 'raw-race-%'`;
    expect(rows).toHaveLength(20);
    expect(rows.filter((row) => !row.suspected_replay)).toHaveLength(1);
  });

  test("are another message of the same moment under another topic, and caught when they come hours later", async () => {
    const body = order();
    expect(await rowOf(await post(body, "ev-moment"))).toEqual(DELIVERED);
    expect((await rowOf(await post(body, "ev-moment", { topic: "orders/paid" }))).suspected).toBe(false);
    await desk.sql`update events set received_at = now() - interval '6 hours' where event_key like '%ev-moment'`;
    expect((await rowOf(await post(body, "ev-moment-late", { topic: "orders/cancelled" }))).suspected).toBe(true);
    await desk.sql`update events set received_at = now() - interval '31 days' where event_key like '%ev-moment%'`;
    expect((await rowOf(await post(body, "ev-a-month-later"))).suspected).toBe(false);
  });

  test("are an event of their own at another door", async () => {
    const body = order();
    const source = await createSource({ provider: "shopify", name: "Birch", organisation_id: "org-birch" }, change);
    expect((await rowOf(await post(body, "ev-doors"))).suspected).toBe(false);
    const path = new URL(source.full_url).pathname;
    expect((await rowOf(await post(body, "ev-doors-2", { path }))).suspected).toBe(false);
    expect(await rowOf(await post(body, "ev-doors-3", { path }))).toEqual(KEPT);
  });

  test("are delivered all the same where the operator says so", async () => {
    process.env.DELIVER_SUSPECTED_REPLAYS = "1";
    const body = order();
    await post(body, "ev-let-in");
    const again = await rowOf(await post(body, "ev-let-in-2"));
    delete process.env.DELIVER_SUSPECTED_REPLAYS;
    expect(again).toEqual({ ...DELIVERED, suspected: true });
  });

  test("can be replayed by a person, and are delivered then", async () => {
    const { createAndStartReplay } = await import("@/lib/commands/replays");
    const body = order();
    await post(body, "ev-by-hand");
    const id = eventIdIn(await post(body, "ev-by-hand-2"));
    expect((await getEvent(String(id), EVERYTHING))?.suspected_replay).toBe(true);
    await createAndStartReplay(
      {
        kind: "single",
        selection: { event_ids: [id] },
        options: {},
        reason: "It is genuine.",
      },
      ada,
    );
    await workUntilIdle();
    expect((await getEvent(String(id), EVERYTHING))?.status).toBe("replayed");
  });
});

test("20 requests of 50 events each at once, sent again until they are taken, make 1,000 events", async () => {
  const before = await countEvents();
  const sendUntilTaken = async (r: number) => {
    const body = bodyOf(Array.from({ length: 50 }, (_, n) => ({ Id: `bulk-${r}-${n}`, status: "Sent" })));
    for (let tries = 0; tries < 20; tries++) {
      const answer = await accept({ method: "POST", path: `/api/webhooks/mitto/${TOKEN}`, headers: [JSON_TYPE], body });
      if (answer.status === 200) return parsed(answer).events.length;
    }
  };
  const taken = await Promise.all(Array.from({ length: 20 }, (_, r) => sendUntilTaken(r)));
  expect(taken).toEqual(Array.from({ length: 20 }, () => 50));
  expect((await countEvents()) - before).toBe(1000);
});
