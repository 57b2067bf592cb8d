import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAndStartReplay } from "@/lib/commands/replays";
import { call, closeDatabase, DatabaseError } from "@/lib/db/client";
import { claim } from "@/lib/pipeline/claim";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { readAnalytics } from "@/lib/queries/analytics";
import { getEvent, listEvents } from "@/lib/queries/events";
import { readHealth } from "@/lib/queries/health";
import { getReplay } from "@/lib/queries/replays";
import { bodyOf } from "@/lib/samples/ids";
import { EVERYTHING, scopeOf } from "@/lib/scope";
import { ada } from "../support/actor";
import { type Desk, eventIdIn, openDesk, send, workUntilIdle } from "../support/desk";
import { LITE_SECRET_KEY, type Lite, startLite } from "../support/lite";

/** The same contract on both ways to Postgres: a direct connection, and supabase-js over HTTP as with a hosted project. */
describe.each(["direct", "supabase"] as const)("over the %s transport", (transport) => {
  let desk: Desk;
  let lite: Lite | undefined;

  beforeAll(async () => {
    desk = await openDesk();
    if (transport === "supabase") {
      await closeDatabase();
      lite = await startLite(String(process.env.DATABASE_URL));
      Object.assign(process.env, { SUPABASE_URL: lite.url, SUPABASE_SECRET_KEY: LITE_SECRET_KEY });
    }
  });
  afterAll(async () => {
    await closeDatabase();
    await lite?.close();
    delete process.env.SUPABASE_URL;
    await desk.close();
  });

  test("an event is accepted, listed, delivered, replayed and counted", async () => {
    const event = stripeEvent({ type: "customer.subscription.created", customer: "cus_transport" });
    const id = eventIdIn(await send("stripe", event));
    expect(JSON.parse((await send("stripe", event)).body)).toMatchObject({ duplicate: true, event_id: `we_${id}` });
    await workUntilIdle();

    const page = await listEvents({ provider_slug: ["stripe"], q: event.id }, { limit: 10 }, EVERYTHING);
    expect(page).toMatchObject({
      events: [{ id: `we_${id}`, status: "processed", duplicate_count: 1 }],
      next_cursor: null,
    });

    const detail = await getEvent(`we_${id}`, EVERYTHING);
    expect(Buffer.from(detail?.body_base64 ?? "", "base64")).toEqual(bodyOf(event));
    expect(detail?.deliveries[0]?.attempts[0]?.changes).toMatchObject([
      { table: "subscriptions", effect: "created" },
      { table: "businesses", effect: "created" },
      { table: "audit_logs", effect: "created" },
    ]);

    const replay = await createAndStartReplay(
      {
        kind: "keys",
        selection: { provider_slug: "stripe", event_keys: [event.id] },
        options: { skipAlreadyApplied: false },
        reason: "contract",
      },
      ada,
    );
    await workUntilIdle();
    expect(await getReplay(replay.id, EVERYTHING)).toMatchObject({ status: "completed", succeeded: 1 });
    expect((await readAnalytics({ range: "1h" }, EVERYTHING)).totals).toMatchObject({
      received: 1,
      duplicate: 1,
      delivered: 2,
    });
    expect(await readHealth()).toMatchObject({ status: "healthy", database: { reachable: true } });
  });

  test("pages through events by cursor, each once, newest first", async () => {
    await Promise.all(
      Array.from({ length: 25 }, (_, n) => send("standard", { type: "page" }, { id: `msg_page_${n}` })),
    );
    const seen: string[] = [];
    for (let cursor: string | undefined, pages = 0; pages < 4; pages += 1) {
      const page = await listEvents({ event_type: "page" }, { limit: 10, cursor }, EVERYTHING);
      seen.push(...page.events.map((event) => event.id));
      if (!page.next_cursor) break;
      cursor = page.next_cursor;
    }
    expect(new Set(seen).size).toBe(25);
    expect(seen).toEqual([...seen].sort((a, b) => Number(b.slice(3)) - Number(a.slice(3))));
  });

  test.each(["' or true --", "%", "__", "\\", "any (NULL", "= NULL", "*,id.eq.1", ")or("])(
    "searches for %s literally, and finds nothing [S49] [D13]",
    async (q) => {
      expect((await listEvents({ q }, { limit: 10 }, EVERYTHING)).events).toEqual([]);
      expect((await listEvents({ org_id: q }, { limit: 10 }, EVERYTHING)).events).toEqual([]);
    },
  );

  test("a function's answer may be null, a number, a boolean or nothing", async () => {
    expect(await call("console", "get_event", { ...scopeOf(EVERYTHING), p_id: 987_654 })).toBeNull();
    expect(await call("pipeline", "expire_leases", { p_limit: 1 })).toBe(0);
    const guess = { p_email: "a@example.com", p_address: "::1", p_request_id: "r" };
    expect(await call("console", "book_guess", guess)).toEqual({ guess: expect.any(Number) });
    expect(await call("console", "forget_guess", { p_id: 1, p_was_right: true })).toBeNull();
  });

  test("an SQL error keeps its code, and says which function", async () => {
    const wrong = call("console", "list_sessions", { p_staff_id: "not a uuid" });
    await expect(wrong).rejects.toBeInstanceOf(DatabaseError);
    await expect(wrong).rejects.toMatchObject({ code: "22P02", message: expect.stringContaining("list_sessions") });
  });

  test("racing claims never share a delivery", async () => {
    await desk.sql`update destinations set max_concurrency = 500`;
    await Promise.all(
      Array.from({ length: 60 }, () => send("stripe", stripeEvent({ type: "invoice.payment_failed" }))),
    );
    const claims = await Promise.all(Array.from({ length: 8 }, (_, n) => claim(`w${n}`, 20, 30)));
    const ids = claims.flatMap(({ work }) => work.map((item) => item.delivery_id));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBe(60);
  });
});
