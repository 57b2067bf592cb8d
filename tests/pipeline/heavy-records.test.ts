/** Results that change thousands of rows: they are recorded alone, in reasonable time, and no other delivery waits. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { call } from "@/lib/db/client";
import type { NewEvent, RowChange } from "@/lib/db/functions/journey";
import { claim, type Work } from "@/lib/pipeline/claim";
import { startWorker } from "@/lib/pipeline/worker";
import { heyreachEvent } from "@/lib/providers/heyreach/sample";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { type Desk, eventIdIn, openDesk, send, workUntilIdle } from "../support/desk";
import { alone } from "../support/machine";
import { until } from "../support/processes";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk({ LEASE_SECONDS: "6" });
});
afterAll(async () => {
  delete process.env.LEASE_SECONDS;
  await desk.close();
});
afterEach(
  () =>
    desk.sql`truncate event_keys, events, deliveries, attempts, messages, leads, campaigns, businesses, audit_logs cascade`,
);

/** A conversation of so many messages in one event: two row changes each. */
async function sendConversation(messages: number, conversation: string): Promise<number> {
  const event = heyreachEvent({ type: "every_message_reply_received", campaign: 3301 });
  const at = (n: number) => new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString();
  const recent = Array.from({ length: messages }, (_, n) => ({
    creation_time: at(n),
    message: `m${n}`,
    is_reply: false,
  }));
  const answer = await send("heyreach", { ...event, conversation_id: conversation, recent_messages: recent });
  expect(answer.status).toBe(200);
  return eventIdIn(answer);
}

const statusOf = async (event: number) => {
  const [row] = await desk.sql`select d.status, d.attempt_count, d.lease_until, d.last_error_class, d.last_error
    from deliveries d join destinations t on t.id = d.destination_id where d.event_id = ${event} and t.kind = 'tables'`;
  return row;
};

test("one event with thousands of changes holds up no record of other providers, and keeps its lease meanwhile", async () => {
  const id = await sendConversation(600, "long");
  // Another transaction changes rows of the same organisation, and takes long.
  const changes = await changesOfEvent(id);
  let finish = () => {};
  let holding: Promise<unknown> = Promise.resolve();
  await new Promise<void>((held) => {
    holding = desk.sql.begin(async (tx) => {
      await tx`select lock_rows(${tx.json([{ delivery_id: 0, changes }] as never)}, true)`;
      await new Promise<void>((resolve) => {
        finish = resolve;
        held();
      });
    });
  });
  const worker = startWorker();
  try {
    await until("the heavy one waits to be recorded", async () => (await waitingForLocks()) > 0);
    const first = (await statusOf(id))?.lease_until;
    for (let n = 0; n < 30; n += 1) await send("stripe", stripeEvent({ type: "invoice.payment_failed" }));
    const light = await sendConversation(1, "short");
    await until("all rows of Stripe are written", async () => {
      const [row] = await desk.sql`
        select count(*)::int as count from deliveries d join events e on e.id = d.event_id
        where e.provider = 'stripe' and d.status = 'delivered'`;
      return row?.count === 30;
    });
    await until("its lease was renewed", async () => (await statusOf(id))?.lease_until > first);
    // A delivery that shares its rows waits, too, and only that one.
    expect(await statusOf(light)).toMatchObject({ status: "claimed" });
    expect(await statusOf(id)).toMatchObject({ status: "claimed", attempt_count: 1 });
    finish();
    await holding;
    for (const event of [id, light]) {
      await until("what waited is recorded", async () => (await statusOf(event))?.status === "delivered");
      expect(await statusOf(event)).toMatchObject({ attempt_count: 1 });
    }
  } finally {
    finish();
    await holding;
    await worker.stop();
  }
  expect(await desk.sql`select count(*)::int from messages`).toEqual([{ count: 601 }]);
});

test("a record whose rows are being changed is left alone, and those beside it are recorded", async () => {
  for (let n = 0; n < 2; n += 1) await send("stripe", stripeEvent({ type: "invoice.payment_failed" }));
  const { work } = await claim("w", 10, 30, { kind: "tables" });
  const results = work.map((item) => success(item, `cus_${item.delivery_id}`));
  const answers = await desk.sql.begin(async (tx) => {
    await tx`select lock_rows(${tx.json([results[0]] as never)}, true)`;
    return call("pipeline", "record_attempts", {
      p_results: results,
      p_wait: false,
    });
  });
  expect(answers).toMatchObject([
    { delivery_id: results[0]?.delivery_id, recorded: false, busy: true },
    { delivery_id: results[1]?.delivery_id, recorded: true, status: "delivered" },
  ]);
});

const LINEAR: Record<string, (changes: RowChange[]) => Promise<unknown>> = {
  "to apply": (changes) => call("pipeline", "preview_changes", { p_changes: changes }),
  "to lock": (changes) => desk.sql`select lock_rows(${desk.sql.json([{ delivery_id: 0, changes }] as never)}, true)`,
};

test.each(Object.keys(LINEAR))(
  "four times the changes take about four times as long %s, not sixteen times",
  async (what) => {
    await alone();
    const timed = async (count: number) => {
      const changes = Array.from({ length: count }, (_, n) => message(`timed-${count}-${n}`));
      const started = performance.now();
      await LINEAR[what]?.(changes as RowChange[]);
      return performance.now() - started;
    };
    await timed(100);
    // The best of three: other work on this machine only adds time.
    const best = async (count: number) => Math.min(await timed(count), await timed(count), await timed(count));
    const [few, many] = [await best(1_000), await best(4_000)];
    expect(many / few).toBeLessThan(8);
  },
);

test("an event that wants to change more rows than one may fails alone, and says what to do", async () => {
  const id = await sendConversation(5_001, "endless");
  await send("stripe", stripeEvent({ type: "invoice.payment_failed" }));
  await workUntilIdle();
  expect(await statusOf(id)).toMatchObject({ status: "dead", attempt_count: 1, last_error_class: "invalid_payload" });
  expect((await statusOf(id))?.last_error).toContain("rows, and one event may change 10,000");
  expect(await desk.sql`select status from events where provider = 'stripe'`).toEqual([{ status: "processed" }]);

  // The database enforces the limit, too.
  await send("stripe", stripeEvent({ type: "invoice.payment_failed" }));
  const [work] = (await claim("w", 1, 30, { kind: "tables" })).work as [Work];
  const changes = Array.from({ length: 10_001 }, (_, n) => message(`m-${n}`));
  const results = [{ ...success(work, "cus_1"), changes }];
  expect(await call("pipeline", "record_attempts", { p_results: results })).toMatchObject([
    { status: "dead", error_class: "constraint", error: expect.stringContaining("one event may change 10,000") },
  ]);
});

test("a thousand events in one request are stored in time, also where none of their keys is signed", async () => {
  await alone();
  const event = (n: number): NewEvent => ({
    source_id: null,
    provider: "chatwoot",
    event_key: `key-${n}`,
    event_type: "message_created",
    trust: "signed",
    parse_status: "ok",
    flags: [],
    organisation_id: null,
    company_id: null,
    object_id: null,
    replaces_older: false,
    livemode: null,
    unsigned_key: true,
    secret_fields: null,
    body: Buffer.from(`{"n":${n % 2}}`).toString("base64"),
    shown_body: null,
    fingerprint: "00",
    rendering: null,
    equal_bytes: null,
    method: "POST",
    path: "/",
    headers: [],
    content_type: null,
    request_id: "heavy",
    occurred_at: null,
    object_type: "message",
    customer_id: "7",
    amount: null,
    amount_kind: null,
    currency: null,
    terms: [`ada-${n}@example.com`],
    logical_key: null,
    origin: "webhook",
  });
  const timed = async (count: number, from: number) => {
    const started = performance.now();
    const events = Array.from({ length: count }, (_, n) => ({ ...event(from + n), n }));
    const answers = await call("door", "accept_events", { p_events: events });
    expect(answers.filter((answer) => answer.suspected_replay)).toHaveLength(from > 0 ? count : count - 2);
    return performance.now() - started;
  };
  await timed(1_000, 0);
  expect(await timed(1_000, 1_000)).toBeLessThan(2_300);
});

const message = (id: string) => ({
  table: "messages",
  key: { provider: "heyreach", organisation_id: "", message_id: id },
  values: { direction: "outbound", body: "hello" },
  version: "2026-01-01T00:00:00.000000Z#00#x",
});

const success = (work: Work, customer: string) => ({
  delivery_id: work.delivery_id,
  fence: work.fence,
  delivered: true,
  duration_ms: 1,
  changes: [
    {
      table: "businesses",
      key: { stripe_customer_id: customer },
      values: { subscription_status: "x" },
      version: "2026#0#x",
    },
  ],
});

async function changesOfEvent(id: number) {
  const [row] = await desk.sql`select organisation_id from events where id = ${id}`;
  const key = { provider: "heyreach", organisation_id: row?.organisation_id ?? "" };
  // More than a thousand changes: locks the rows of the organisation, as a heavy result does.
  return Array.from({ length: 1_001 }, (_, n) => ({ table: "messages", key: { ...key, message_id: `held-${n}` } }));
}

async function waitingForLocks(): Promise<number> {
  const [row] = await desk.sql`select count(*)::int as count from pg_locks
    where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`;
  return row?.count ?? 0;
}
