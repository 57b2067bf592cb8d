/** Long because it lists what an endpoint may get. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accept, maxBodyBytes } from "@/lib/pipeline/accept";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { telnyxEvent } from "@/lib/providers/telnyx/sample";
import { bodyOf } from "@/lib/samples/ids";
import { requestOf, sign } from "../fixtures/sign";
import { storedBody } from "../support/bodies";
import { type Desk, eventIdIn, openDesk, send } from "../support/desk";
import { alone } from "../support/machine";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

const rejectionsFor = (reason: string) => desk.sql`select * from rejections where reason = ${reason} order by id desc`;
const sha256 = (body: Buffer) => createHash("sha256").update(body).digest("hex");

describe("a verified request", () => {
  test("is stored byte for byte, with its delivery, and answered 200 [D1]", async () => {
    const body = Buffer.from(
      `{ "id": "evt_bytes",\n "type":"customer.subscription.updated", "amount": 1.10, "big": 9007199254740993 }`,
    );
    const answer = await send("stripe", body);
    expect(answer.status).toBe(200);
    const [row] =
      await desk.sql`select *, encode(body_sha256, 'hex') as hex from events where id = ${eventIdIn(answer)}`;
    expect(await storedBody(desk.sql, eventIdIn(answer))).toEqual(body);
    expect(row).toMatchObject({
      hex: sha256(body),
      trust: "signed",
      parse_status: "ok",
      event_key: "evt_bytes",
      status: "received",
    });
    expect(await desk.sql`select status from deliveries where event_id = ${row?.id}`).toMatchObject([
      { status: "pending" },
    ]);
  });

  test("keeps headers in order and without the signature", async () => {
    const answer = await send("stripe", stripeEvent());
    const [row] = await desk.sql`select headers from events where id = ${eventIdIn(answer)}`;
    expect(row?.headers.map(([name]: [string]) => name)).toEqual(["Content-Type", "User-Agent", "Stripe-Signature"]);
    expect(JSON.stringify(row?.headers)).not.toContain("v1=");
  });

  test("of a type nobody wants is kept and ignored", async () => {
    const answer = await send("standard", { type: "order.created", data: {} }, { id: "msg_ignored" });
    expect(await desk.sql`select status from events where id = ${eventIdIn(answer)}`).toMatchObject([
      { status: "ignored" },
    ]);
  });

  const odd: [string, Buffer, string][] = [
    ["NUL escape", Buffer.from('{"id":"evt_nul","type":"t\\u0000","a":"x\\u0000y"}'), "nul_character"],
    ["raw NUL bytes", Buffer.from([0, 1, 0, 2]), "not_json"],
    ["lone surrogate", Buffer.from('{"id":"evt_surrogate","a":"\\ud83d"}'), "lone_surrogate"],
    ["invalid UTF-8", Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), "invalid_utf8"],
    ["truncated JSON", Buffer.from('{"id":"evt_cut'), "invalid_json"],
    ["empty body", Buffer.alloc(0), "empty"],
    ["a bare number", Buffer.from("123"), "ok"],
    ["giant exponent", Buffer.from('{"id":"evt_giant","n":1E131071}'), "giant_number"],
    ["deep nesting", Buffer.from(`{"id":"evt_deep","a":${"[".repeat(1000)}${"]".repeat(1000)}}`), "too_deep"],
    ["prototype names", Buffer.from('{"id":"evt_proto","__proto__":{"admin":true},"constructor":{}}'), "ok"],
    ["an object as id", Buffer.from('{"id":{"a":1},"type":["x"]}'), "ok"],
    ["form data", Buffer.from("a=1&b=2"), "not_json"],
  ];
  test.each(odd)(
    "is never refused for its content: %s [C1] [C2] [C3] [C4] [C7] [C8] [C9] [D3] [D4] [D9]",
    async (_name, body, parseStatus) => {
      const answer = await send("stripe", body);
      expect(answer.status).toBe(200);
      const [row] = await desk.sql`select parse_status, payload from events where id = ${eventIdIn(answer)}`;
      expect(await storedBody(desk.sql, eventIdIn(answer))).toEqual(body);
      expect(row?.parse_status).toBe(parseStatus);
      expect(row?.payload === null).toBe(parseStatus !== "ok");
      expect(({} as Record<string, unknown>).admin).toBeUndefined();
    },
  );

  test("with a key longer than an index entry is stored once", async () => {
    const event = stripeEvent({ id: `evt_${"k".repeat(5000)}` });
    const [first, second] = [await send("stripe", event), await send("stripe", event)];
    expect(eventIdIn(second)).toBe(eventIdIn(first));
    expect(JSON.parse(second.body).duplicate).toBe(true);
  });
});

describe("the same event again", () => {
  test("is answered 200 and counted", async () => {
    const event = stripeEvent();
    const id = eventIdIn(await send("stripe", event));
    const again = await send("stripe", event);
    expect([again.status, JSON.parse(again.body).duplicate]).toEqual([200, true]);
    expect(await desk.sql`select duplicate_count, conflict_count from events where id = ${id}`).toEqual([
      { duplicate_count: 1, conflict_count: 0 },
    ]);
  });

  test("with other bytes is another version, and the first stays [B16]", async () => {
    const event = stripeEvent();
    const id = eventIdIn(await send("stripe", event));
    expect((await send("stripe", { ...event, forged: true })).status).toBe(200);
    const [row] = await desk.sql`select conflict_count from events where id = ${id}`;
    expect(await storedBody(desk.sql, id)).toEqual(bodyOf(event));
    expect(row?.conflict_count).toBe(1);
    expect(await desk.sql`select status from events where variant_of = ${id}`).toHaveLength(1);
  });

  test("with Telnyx's changed meta is a duplicate, not a conflict", async () => {
    const event = telnyxEvent();
    const id = eventIdIn(await send("telnyx", event));
    await send("telnyx", { ...event, meta: { attempt: 2, delivered_to: "https://example.com" } });
    expect(await desk.sql`select duplicate_count, conflict_count from events where id = ${id}`).toEqual([
      { duplicate_count: 1, conflict_count: 0 },
    ]);
  });

  test("1,000 times at once is one row, and every answer is 200 [B13]", async () => {
    await alone();
    const event = stripeEvent();
    const answers = await Promise.all(Array.from({ length: 1000 }, () => send("stripe", event)));
    expect(answers.every((answer) => answer.status === 200)).toBe(true);
    expect(answers.filter((answer) => !JSON.parse(answer.body).duplicate)).toHaveLength(1);
    expect(await desk.sql`select duplicate_count from events where event_key = ${event.id}`).toEqual([
      { duplicate_count: 999 },
    ]);
  });
});

describe("a refused request", () => {
  test.each([
    ["stripe", 400],
    ["telnyx", 400],
    ["chatwoot", 401],
    ["standard", 401],
  ] as const)(
    "of %s, unsigned or tampered, answers %i and makes a rejection, not an event [B1]",
    async (provider, status) => {
      const [{ count: before } = {}] = await desk.sql`select count(*) from events`;
      for (const options of [{ unsigned: true }, { tampered: true }]) {
        const answer = await send(provider, { id: "evt_forged" }, options);
        expect(answer.status).toBe(status);
        expect(answer.headers["content-type"]).toBe("application/problem+json");
        expect(answer.body).not.toContain("evt_forged");
      }
      expect(await desk.sql`select count(*) from events`).toEqual([{ count: before }]);
      const rows = await desk.sql`select reason from rejections where provider = ${provider} order by reason`;
      expect(rows.map((row) => row.reason)).toEqual(["unsigned", "bad_signature"]);
    },
  );

  test("forged under an id does not poison the genuine one [B15]", async () => {
    const event = stripeEvent();
    await send("stripe", event, { tampered: true });
    const genuine = await send("stripe", event);
    expect([genuine.status, JSON.parse(genuine.body).duplicate]).toEqual([200, false]);
  });

  test("authentic but stale keeps its whole body [B12]", async () => {
    const body = bodyOf({ ...stripeEvent(), filler: "x".repeat(5000) });
    expect((await send("stripe", body, { stale: true })).status).toBe(400);
    const [row] = await rejectionsFor("stale");
    expect(row?.body).toEqual(body);
  });

  test("of a provider without its secret answers 503 and says which variable to set [B7]", async () => {
    const secret = process.env.STANDARD_WEBHOOK_SECRET;
    for (const tooShort of ["", "  ", "abc"]) {
      process.env.STANDARD_WEBHOOK_SECRET = tooShort;
      const answer = await send("standard", {});
      expect([answer.status, answer.headers["retry-after"]]).toEqual([503, "5"]);
      expect(answer.body).toContain("STANDARD_WEBHOOK_SECRET");
    }
    process.env.STANDARD_WEBHOOK_SECRET = secret;
  });

  test("keeps at most 100 samples per reason and hour, and counts them all [G1]", async () => {
    for (let round = 0; round < 8; round += 1) {
      await Promise.all(Array.from({ length: 30 }, () => send("telnyx", {}, { unsigned: true })));
    }
    const [{ count } = {}] =
      await desk.sql`select count(*) from rejections where provider = 'telnyx' and reason = 'unsigned'`;
    expect(Number(count)).toBeLessThanOrEqual(100);
    const [{ sum } = {}] = await desk.sql`
      select sum(count) from statistics where provider = 'telnyx' and event_type = 'unsigned' and outcome = 'rejected'`;
    expect(Number(sum)).toBe(241);
  });
});

describe("the door itself", () => {
  const ask = (method: string, path: string, body: Buffer = Buffer.alloc(0)) =>
    accept({ method, path, headers: sign("stripe", body), body });

  test("answers 404 for an unknown provider, also for names every object has", async () => {
    for (const name of ["nobody", "__proto__", "constructor", "toString"]) {
      expect((await ask("POST", `/api/webhooks/${name}`)).status).toBe(404);
    }
  });

  test("answers 405 for other methods and names POST [A11]", async () => {
    for (const method of ["GET", "HEAD", "PUT", "PATCH", "DELETE"]) {
      expect(await ask(method, "/api/webhooks/stripe")).toMatchObject({ status: 405, headers: { allow: "POST" } });
    }
    expect((await ask("OPTIONS", "/api/webhooks/stripe")).status).toBe(204);
  });

  test("stands at the runbook's paths too, and forgives slashes", async () => {
    for (const path of [
      "/api/stripe/webhook",
      "/api/stripe/webhook/",
      "//api//webhooks/stripe/",
      "/api/webhooks/stripe?x=1",
    ]) {
      const body = bodyOf(stripeEvent());
      expect((await ask("POST", path, body)).status).toBe(200);
    }
  });

  test("takes a body of 2 MiB, which Stripe may send, and refuses one byte more than the limit [C14]", async () => {
    const limit = maxBodyBytes("stripe");
    expect((await ask("POST", "/api/webhooks/stripe", Buffer.alloc(2 * 1024 * 1024, " "))).status).toBe(200);
    expect((await ask("POST", "/api/webhooks/stripe", Buffer.alloc(limit + 1, " "))).status).toBe(413);
    const [kept] = await rejectionsFor("too_large");
    expect(kept?.body).toHaveLength(64 * 1024);
    expect(Number(kept?.body_size)).toBe(limit + 1);

    // Where the limit is small enough to be stored on any machine: exactly it, and one more.
    const { path, headers } = requestOf("mitto", bodyOf({}));
    for (const [bytes, status] of [
      [maxBodyBytes("mitto"), 200],
      [maxBodyBytes("mitto") + 1, 413],
    ] as const) {
      expect((await accept({ method: "POST", path, headers, body: Buffer.alloc(bytes, "x") })).status).toBe(status);
    }
  });

  test("honours a sane X-Request-ID and replaces any other", async () => {
    const body = bodyOf(stripeEvent());
    const withId = (id: string) =>
      accept({
        method: "POST",
        path: "/api/webhooks/stripe",
        headers: [...sign("stripe", body), ["X-Request-ID", id]],
        body,
      });
    expect((await withId("incident-1708")).headers["x-request-id"]).toBe("incident-1708");
    expect((await withId("bad\u001b[31m id")).headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  });
});
