/**
 * Whose row an event writes, on a real Postgres: the subscription that counts, each recipient of a message, a payment that is
 * one. Long because each defect has a test of its own.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { call } from "@/lib/db/client";
import { chatwootEvent } from "@/lib/providers/chatwoot/sample";
import { heyreachEvent, NO_CORRELATION } from "@/lib/providers/heyreach/sample";
import { mittoDlr } from "@/lib/providers/mitto/sample";
import { type StripeOptions, stripeEvent } from "@/lib/providers/stripe/sample";
import { type TelnyxOptions, telnyxEvent } from "@/lib/providers/telnyx/sample";
import { FIXTURE_TIME } from "@/lib/samples/ids";
import { type Desk, eventIdIn, openDesk, send, workUntilIdle } from "../support/desk";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());
afterEach(
  () => desk.sql`truncate event_keys, events, deliveries, attempts, subscriptions, businesses, audit_logs, call_logs,
    sms_logs, sms_log_recipients, sms_recipients, leads, campaigns, messages cascade`,
);

const stripe = async (options: StripeOptions) => {
  const answer = await send("stripe", stripeEvent({ customer: "cus_1", ...options }));
  expect(answer.status).toBe(200);
  await workUntilIdle();
  return eventIdIn(answer);
};
const telnyx = async (options: TelnyxOptions, change: (event: ReturnType<typeof telnyxEvent>) => void = () => {}) => {
  const event = telnyxEvent(options);
  change(event);
  const answer = await send("telnyx", event);
  expect(answer.status).toBe(200);
  await workUntilIdle();
  const id = eventIdIn(answer);
  expect(await desk.sql`select status, last_error from events where id = ${id}`).toEqual([
    { status: "processed", last_error: null },
  ]);
  return id;
};
const business = async () =>
  (await desk.sql`select stripe_subscription_id as sub, subscription_status as status from businesses`)[0];
const changesOf = async (event: number) => {
  const [row] = await desk.sql`
    select a.changes from attempts a join deliveries d on d.id = a.delivery_id where d.event_id = ${event}`;
  return row?.changes;
};

describe("The customer of several subscriptions", () => {
  const subscription = (sub: string, status: string, options: StripeOptions = {}) =>
    stripe({ subscription: sub, status, ...options, object: { created: FIXTURE_TIME, ...options.object } });

  test("The end of an old subscription does not mark a paying customer canceled", async () => {
    await subscription("sub_new", "active", { type: "customer.subscription.created" });
    const id = await subscription("sub_old", "canceled", {
      type: "customer.subscription.deleted",
      created: FIXTURE_TIME + 60,
      object: { created: FIXTURE_TIME - 9_000_000 },
    });
    expect(await business()).toEqual({ sub: "sub_new", status: "active" });
    expect(await desk.sql`select subscription_id as sub, status from subscriptions order by 1`).toEqual([
      { sub: "sub_new", status: "active" },
      { sub: "sub_old", status: "canceled" },
    ]);
    expect(await changesOf(id)).toMatchObject([
      { table: "subscriptions", effect: "created" },
      { table: "businesses", key: { stripe_customer_id: "cus_1" }, effect: "unchanged" },
      { table: "audit_logs", effect: "created" },
    ]);
  });

  test("An abandoned second checkout does not touch a paying customer", async () => {
    await subscription("sub_paid", "active");
    for (const status of ["incomplete", "incomplete_expired"]) {
      await subscription("sub_second", status, { created: FIXTURE_TIME + 90, object: { created: FIXTURE_TIME + 80 } });
      expect(await business()).toEqual({ sub: "sub_paid", status: "active" });
    }
  });

  test("The business follows the next subscription when the one that counts ends, and the change is previewed", async () => {
    await subscription("sub_a", "past_due");
    await subscription("sub_b", "active", { object: { created: FIXTURE_TIME + 10 } });
    expect(await business()).toEqual({ sub: "sub_b", status: "active" });
    const id = await subscription("sub_b", "canceled", {
      type: "customer.subscription.deleted",
      created: FIXTURE_TIME + 99,
    });
    expect(await business()).toEqual({ sub: "sub_a", status: "past_due" });
    const done = await changesOf(id);
    expect(done[1]).toMatchObject({
      effect: "updated",
      before: { stripe_subscription_id: "sub_b", subscription_status: "active" },
      after: { stripe_subscription_id: "sub_a", subscription_status: "past_due" },
    });
    // The same as a preview: nothing is written, and the derived change is among the answers.
    const version = "2027-01-01T00:00:00.000000Z#01#evt_later";
    const key = { subscription_id: "sub_a" };
    const p_changes = [
      { table: "subscriptions", key, values: { stripe_customer_id: "cus_1", status: "active" }, version },
    ];
    expect((await call("pipeline", "preview_changes", { p_changes }))[1]).toMatchObject({
      table: "businesses",
      effect: "updated",
      before: { subscription_status: "past_due" },
      after: { subscription_status: "active" },
    });
    expect(await business()).toEqual({ sub: "sub_a", status: "past_due" });
  });

  test("Of two subscriptions with the same status the newer one counts, in either order", async () => {
    for (const order of [
      ["sub_1", "sub_2"],
      ["sub_2", "sub_1"],
    ]) {
      for (const sub of order) await subscription(sub, "active", { object: { created: sub === "sub_2" ? 2e9 : 1e9 } });
      expect(await business()).toEqual({ sub: "sub_2", status: "active" });
      await desk.sql`truncate subscriptions, businesses`;
    }
  });

  test("A paused and a resumed subscription is followed", async () => {
    for (const [type, status, at] of [
      ["customer.subscription.created", "trialing", 0],
      ["customer.subscription.paused", "paused", 5],
      ["customer.subscription.resumed", "active", 9],
    ] as const) {
      await subscription("sub_p", status, { type: type as StripeOptions["type"], created: FIXTURE_TIME + at });
      expect(await business()).toEqual({ sub: "sub_p", status });
    }
  });
});

describe("The date of the last payment", () => {
  const paid = (type: string, at: number, object: Record<string, unknown> = {}) => {
    const event = stripeEvent({
      type: "invoice.payment_succeeded",
      created: FIXTURE_TIME + at,
      customer: "cus_1",
      object,
    });
    return send("stripe", { ...event, type }).then(workUntilIdle);
  };
  const date = async () => (await desk.sql`select last_payment_date as at from businesses`)[0]?.at?.getTime() / 1000;

  test("An invoice that was paid outside of Stripe is a payment: invoice.paid alone says so", async () => {
    await paid("invoice.paid", 0);
    expect(await date()).toBe(FIXTURE_TIME);
    await paid("invoice.paid", 50, { amount_paid: 0, paid_out_of_band: true });
    expect(await date()).toBe(FIXTURE_TIME + 50);
  });

  test.each(["invoice.paid", "invoice.payment_succeeded"])("An invoice over 0.00 is no payment (%s)", async (type) => {
    await paid(type, 0, { amount_due: 0, amount_paid: 0 });
    expect(await desk.sql`select from businesses`).toEqual([]);
    expect(await desk.sql`select from audit_logs`).toHaveLength(1);
  });

  test("The last payment never goes back, whenever its event was made", async () => {
    await paid("invoice.paid", 500);
    await paid("invoice.payment_succeeded", 900, { status_transitions: { paid_at: FIXTURE_TIME - 900 } });
    expect(await date()).toBe(FIXTURE_TIME + 500);
  });
});

test("A completed checkout has a projection: it is audited, and can be replayed", async () => {
  const session = { id: "cs_1", object: "checkout.session", mode: "subscription", payment_status: "paid" };
  const event = { ...stripeEvent(), type: "checkout.session.completed" };
  const object = { ...session, customer: "cus_1", subscription: "sub_1", amount_total: 2500, currency: "usd" };
  await send("stripe", { ...event, data: { object } });
  await workUntilIdle();
  expect(await desk.sql`select action, details from audit_logs`).toMatchObject([
    { action: "checkout_completed", details: { checkout_session_id: "cs_1", subscription_id: "sub_1", amount: 2500 } },
  ]);
});

describe("The recipients of a message", () => {
  const group = (statuses: (string | undefined)[], at = 0, type: TelnyxOptions["type"] = "message.finalized") =>
    telnyx({
      type,
      subject: "group",
      occurredAt: new Date((FIXTURE_TIME + at) * 1000).toISOString(),
      payload: {
        type: "MMS",
        to: statuses.map((status, n) => ({ phone_number: `+1202555017${n}`, status })),
        errors: [{ code: "40008", title: "Undeliverable", detail: "Handset refused it" }],
      },
    });
  const recipients = () => desk.sql`select recipient, status, error from sms_log_recipients order by 1`;

  test("Each recipient of a group message has a row, with the status and the error of its own", async () => {
    await group(["delivered", "delivery_failed"]);
    expect(await recipients()).toEqual([
      { recipient: "+12025550170", status: "delivered", error: null },
      { recipient: "+12025550171", status: "delivery_failed", error: "40008: Undeliverable: Handset refused it" },
    ]);
    expect(await desk.sql`select status from sms_logs`).toEqual([{ status: "partially_delivered" }]);
  });

  test("The events of a group's recipients do not overwrite each other, in any order", async () => {
    const events: (() => Promise<number>)[] = [
      () => group(["queued", "queued", "queued"], 0, "message.sent"),
      () => group(["delivered", "sent", "queued"], 1),
      () => group(["delivered", "delivered", "queued"], 1),
      () => group(["sent", "delivered", "sending_failed"], 2),
    ];
    for (const order of [events, [...events].reverse(), [2, 0, 3, 1].map((n) => events[n] as () => Promise<number>)]) {
      for (const one of order) await one();
      expect((await recipients()).map(({ status }) => status)).toEqual(["delivered", "delivered", "sending_failed"]);
      await desk.sql`truncate sms_log_recipients, sms_logs`;
    }
  });

  test("An agent of RCS has an id and no number, and its text is in the body", async () => {
    const agent = { agent_id: "NorthDeskAgent", agent_name: "North Desk" };
    const person = { phone_number: "+12025550171", carrier: "Example Mobile" };
    const rcs = { type: "RCS", text: undefined };
    await telnyx({
      type: "message.received",
      subject: "rcs-in",
      payload: { ...rcs, from: person, to: [agent], body: { text: "Can I come at four?" } },
    });
    await telnyx({
      type: "message.finalized",
      subject: "rcs-out",
      payload: {
        ...rcs,
        from: agent,
        to: [{ ...person, status: "delivered" }],
        body: { content_message: { text: "Yes" } },
      },
    });
    const sides = { customer_phone: "+12025550171", business_phone: "NorthDeskAgent" };
    expect(await desk.sql`select message_id, customer_phone, business_phone, content from sms_logs order by 1`).toEqual(
      [
        { message_id: "rcs-in", ...sides, content: "Can I come at four?" },
        { message_id: "rcs-out", ...sides, content: "Yes" },
      ],
    );
  });
});

describe("The only event of a call or message that came", () => {
  test("A hangup alone says when the call began, and between which numbers", async () => {
    await telnyx({ type: "call.hangup" });
    expect(await desk.sql`select customer_phone, business_phone, started_at, call_type from call_logs`).toEqual([
      {
        customer_phone: "+12025550143",
        business_phone: "+12025550100",
        started_at: new Date("2026-03-02T09:29:10Z"),
        call_type: null,
      },
    ]);
  });

  test("What a hangup implies does not outlast what call.initiated knows", async () => {
    for (const types of [["call.hangup", "call.initiated"] as const, ["call.initiated", "call.hangup"] as const]) {
      for (const type of types) await telnyx({ type, direction: "outgoing", customer: "+1", business: "+2" });
      expect(await desk.sql`select customer_phone, business_phone, call_type from call_logs`).toEqual([
        { customer_phone: "+1", business_phone: "+2", call_type: "outbound" },
      ]);
      await desk.sql`truncate call_logs`;
    }
  });

  test("message.finalized alone says when the message was sent", async () => {
    await telnyx({ type: "message.finalized", payload: { sent_at: "2026-03-02T09:00:00Z" } });
    expect(await desk.sql`select sent_at from sms_logs`).toEqual([{ sent_at: new Date("2026-03-02T09:00:00Z") }]);
  });

  test("An event without occurred_at has the time of its payload", async () => {
    const at = "2026-03-02T08:00:00.000250Z";
    const id = await telnyx({ type: "call.answered", payload: { timestamp: at } }, ({ data }) => {
      delete (data as { occurred_at?: string }).occurred_at;
    });
    expect(await desk.sql`select iso(occurred_at) as at, flags from events where id = ${id}`).toEqual([
      { at, flags: [] },
    ]);
  });
});

describe("Mitto's words", () => {
  const report = async (status: string) => {
    const answer = await send("mitto", mittoDlr({ id: "m1", status }));
    await workUntilIdle();
    return eventIdIn(answer);
  };
  const status = async () => (await desk.sql`select status from sms_recipients`)[0]?.status;

  test.each([
    [["DELIVRD", "ENROUTE"], "delivered"],
    [["ENROUTE", "UNDELIV"], "undelivered"],
    [["UNDELIV", "ACCEPTD"], "undelivered"],
    [["EXPIRED", "ENROUTE", "PARKED"], "expired"],
    [["REJECTD", "UNKNOWN"], "rejected"],
    [["DELETED", "BUFFERED", "PARKED"], "deleted"],
    [["PARKED", "DELIVRD"], "delivered"],
    [["ENROUTE", "PARKED", "SENT"], "parked"],
  ])("An earlier or unknown word never beats a final one: after %j it is %s", async (words, ends) => {
    for (const word of words) await report(word);
    expect(await status()).toBe(ends);
  });

  test("A status that Redrive does not know is flagged, and a known one is not", async () => {
    const [unknown, known] = [await report("PARKED"), await report("DELIVRD")];
    expect(await desk.sql`select id::int, flags from events order by id`).toEqual([
      { id: unknown, flags: ["unknown_status"] },
      { id: known, flags: [] },
    ]);
  });
});

test("HeyReach's test button writes no lead", async () => {
  await send("heyreach", heyreachEvent({ type: "message_reply_received", correlationId: NO_CORRELATION }));
  await workUntilIdle();
  expect(await desk.sql`select status from events`).toEqual([{ status: "ignored" }]);
  expect(await desk.sql`select (select count(*) from leads) + (select count(*) from messages) as rows`).toEqual([
    { rows: "0" },
  ]);
});

test("Private notes and what a bot wrote are not forwarded to the Agent SDK, and other messages are", async () => {
  const bot = { sender: { id: 4, name: "Helper", type: "agent_bot" } };
  const typing = { ...chatwootEvent({ event: "conversation_typing_on" }), is_private: true };
  const kinds: [Record<string, unknown>, forwarded: boolean][] = [
    [chatwootEvent({ isPrivate: true, messageType: "outgoing", content: "Offer 20 % at most" }), false],
    [chatwootEvent({ event: "message_updated", isPrivate: true }), false],
    [{ ...chatwootEvent({ messageType: "outgoing" }), ...bot }, false],
    [typing, false],
    [chatwootEvent({ messageType: "outgoing" }), true],
    [chatwootEvent({}), true],
  ];
  for (const [event, forwarded] of kinds) {
    const id = eventIdIn(await send("chatwoot", event));
    expect(
      await desk.sql`
      select e.status <> 'ignored' as forwarded, 'internal' = any (e.flags) as internal,
        (select count(*)::int from deliveries d where d.event_id = e.id) as deliveries
      from events e where id = ${id}`,
    ).toEqual([{ forwarded, internal: !forwarded, deliveries: forwarded ? 1 : 0 }]);
  }
});

test("Changes of one row in one event apply one after the other, though the row is written once", async () => {
  const key = { provider: "heyreach", organisation_id: "", message_id: "m1" };
  const change = (subject: string, n: number) => ({
    table: "messages",
    key: { ...key, message_id: `m${n % 2}` },
    values: { subject },
    version: `2026-01-01T00:00:0${n}.000000Z#00#x`,
  });
  const p_changes = [change("a", 2), change("b", 3), change("c", 4), change("b", 5), change("old", 0)];
  const answers = await call("pipeline", "apply_changes", { p_changes });
  expect(
    answers.map(({ key, effect, before, after }) => [key.message_id, effect, before?.subject, after.subject]),
  ).toEqual([
    ["m0", "created", undefined, "a"],
    ["m1", "created", undefined, "b"],
    ["m0", "updated", "a", "c"],
    ["m1", "unchanged", "b", "b"],
    ["m0", "superseded", "c", "c"],
  ]);
  expect(await desk.sql`select message_id, subject from messages order by 1`).toEqual([
    { message_id: "m0", subject: "c" },
    { message_id: "m1", subject: "b" },
  ]);
});
