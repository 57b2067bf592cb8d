/** Long because each event type of each provider has its rows spelled out. */
/** What events write, and that the order of their arrival does not matter. */
import { describe, expect, it } from "vitest";
import { InvalidPayload, type ProjectableEvent } from "@/lib/providers/provider";
import { type StripeOptions, stripeEvent } from "@/lib/providers/stripe/sample";
import { type TelnyxOptions, telnyxEvent } from "@/lib/providers/telnyx/sample";
import { permutations, project, rowsAfter } from "../support/rows";

const RECEIVED = "2026-03-02T09:30:01.000Z";

function stripe(options: StripeOptions): ProjectableEvent {
  const payload = stripeEvent(options);
  const occurredAt = new Date(payload.created * 1000).toISOString();
  return {
    provider: "stripe",
    eventKey: payload.id,
    eventType: payload.type,
    receivedAt: RECEIVED,
    occurredAt,
    payload,
  };
}

function telnyx(options: TelnyxOptions): ProjectableEvent {
  const payload = telnyxEvent(options);
  const { id, event_type, occurred_at } = payload.data;
  return {
    provider: "telnyx",
    eventKey: id,
    eventType: event_type,
    receivedAt: RECEIVED,
    occurredAt: occurred_at,
    payload,
  };
}

const HASH = expect.stringMatching(/^[0-9a-f]{16}$/);
const SUBSCRIPTION = "2026-03-01T09:30:00.000Z";

describe("stripe subscriptions", () => {
  it.each(["basil", "legacy"] as const)("write the subscription and the audit log (%s)", (shape) => {
    expect(project(stripe({ id: "evt_1", type: "customer.subscription.created", status: "trialing", shape }))).toEqual([
      {
        table: "subscriptions",
        key: { subscription_id: "sub_harborDental" },
        values: {
          stripe_customer_id: "cus_harborDental",
          status: "trialing",
          plan: "price_receptionist_pro",
          started_at: SUBSCRIPTION,
          ended_at: null,
        },
        version: "2026-03-02T09:30:00.000000Z#00#evt_1",
        state: { before: [null, null], after: [HASH, HASH] },
      },
      {
        table: "audit_logs",
        key: { source_event: "stripe:evt_1" },
        values: {
          action: "subscription_created",
          details: {
            subscription_id: "sub_harborDental",
            customer_id: "cus_harborDental",
            plan_id: "price_receptionist_pro",
            status: "trialing",
          },
          created_at: "2026-03-02T09:30:00.000Z",
        },
        version: "2026-03-02T09:30:00.000000Z#00#evt_1",
      },
    ]);
  });
  it("end", () => {
    const [subscription, audit] = project(stripe({ type: "customer.subscription.deleted" }));
    expect(subscription?.values).toMatchObject({ status: "canceled", ended_at: "2026-03-02T09:30:00.000Z" });
    expect(audit?.values.action).toBe("subscription_deleted");
    const undated = stripe({ type: "customer.subscription.deleted", object: { ended_at: null, canceled_at: null } });
    expect(project(undated)[0]?.values.ended_at).toBe("2026-03-02T09:30:00.000Z");
  });
  it("read an expanded customer and a plan from before prices", () => {
    const items = { data: [{ plan: { id: "plan_basic" } }] };
    const [subscription] = project(stripe({ object: { customer: { id: "cus_7", object: "customer" }, items } }));
    expect(subscription?.values).toMatchObject({ stripe_customer_id: "cus_7", plan: "plan_basic" });
  });
  it.each([
    ["id", undefined],
    ["customer", null],
    ["customer", {}],
    ["status", ""],
    ["status", 7],
    ["created", "yesterday"],
  ])("name the field when %s is %j", (field, value) => {
    const event = stripe({ object: { [field]: value } });
    expect(() => project(event)).toThrow(InvalidPayload);
    expect(() => project(event)).toThrow(expect.objectContaining({ field: `data.object.${field}` }));
  });
  it("name the price of a subscription without items", () => {
    const field = "data.object.items.data[0].price.id";
    expect(() => project(stripe({ object: { items: { data: [] } } }))).toThrow(expect.objectContaining({ field }));
  });
});

describe("stripe invoices", () => {
  it.each(["basil", "legacy"] as const)("say when the customer last paid (%s)", (shape) => {
    const event = stripe({ id: "evt_2", type: "invoice.payment_succeeded", shape });
    const changes = project(event);
    expect(changes.map(({ table, values }) => [table, values])).toEqual([
      ["businesses", { last_payment_date: "2026-03-02T09:30:00.000Z" }],
      [
        "audit_logs",
        {
          action: "payment_succeeded",
          details: {
            invoice_id: "in_harborDental0042",
            subscription_id: "sub_harborDental",
            customer_id: "cus_harborDental",
            amount: 19_900,
            currency: "usd",
          },
          created_at: "2026-03-02T09:30:00.000Z",
        },
      ],
    ]);
    const undated = stripe({ type: "invoice.payment_succeeded", shape, object: { status_transitions: undefined } });
    expect(project(undated)[0]?.values.last_payment_date).toBe("2026-03-02T08:30:00.000Z");
  });
  it.each(["basil", "legacy"] as const)("audit a failed payment and what was due (%s)", (shape) => {
    const changes = project(stripe({ type: "invoice.payment_failed", amount: 4_200, shape }));
    expect(changes.map(({ table }) => table)).toEqual(["audit_logs"]);
    expect(changes[0]?.values).toMatchObject({
      action: "payment_failed",
      details: { amount: 4_200, subscription_id: "sub_harborDental" },
    });
  });
  it.each(["basil", "legacy"] as const)("without a subscription are audited only (%s)", (shape) => {
    const changes = project(stripe({ type: "invoice.payment_succeeded", subscription: null, shape }));
    expect(changes.map(({ table }) => table)).toEqual(["audit_logs"]);
    expect(changes[0]?.values.details).toMatchObject({ subscription_id: null });
  });
  it("say where the body could not be kept", () => {
    const event = { ...stripe({ type: "invoice.payment_failed" }), payload: null };
    expect(() => project(event)).toThrow(expect.objectContaining({ field: "body" }));
  });
});

describe("telnyx calls", () => {
  it("write one row in three steps", () => {
    const at = (second: number) => `2026-03-02T09:30:0${second}.500000Z`;
    const events = [
      telnyx({ type: "call.initiated", occurredAt: at(1), businessId: "biz_1" }),
      telnyx({ type: "call.answered", occurredAt: at(4) }),
      telnyx({ type: "call.hangup", occurredAt: at(9) }),
    ];
    const row = {
      business_id: "biz_1",
      customer_phone: "+12025550143",
      business_phone: "+12025550100",
      call_type: "inbound",
      status: "completed",
      started_at: at(1),
      answered_at: at(4),
      ended_at: at(9),
      hangup_cause: "normal_clearing",
    };
    for (const order of permutations(events))
      expect(rowsAfter(order)).toEqual({ "call_logs v3:harborDentalCall1": row });
  });
  it("swap the numbers of a call we made", () => {
    const [change] = project(telnyx({ direction: "outgoing" }));
    expect(change?.values).toMatchObject({
      call_type: "outbound",
      customer_phone: "+12025550143",
      business_phone: "+12025550100",
    });
  });
  it("decide by state within one instant", () => {
    const occurredAt = "2026-03-02T09:30:00.000001Z";
    const events = (["call.initiated", "call.answered", "call.hangup"] as const).map((type) =>
      telnyx({ type, occurredAt }),
    );
    for (const order of permutations(events)) {
      expect(rowsAfter(order)["call_logs v3:harborDentalCall1"]?.status).toBe("completed");
    }
  });
  it("name the field that is missing", () => {
    const event = telnyx({ payload: { call_control_id: undefined } });
    expect(() => project(event)).toThrow(expect.objectContaining({ field: "data.payload.call_control_id" }));
    expect(() => project(telnyx({ payload: { from: null } }))).toThrow(
      expect.objectContaining({ field: "data.payload.from" }),
    );
    expect(() => project({ ...event, payload: {} })).toThrow(expect.objectContaining({ field: "data.payload" }));
  });
});

describe("telnyx messages", () => {
  it("write what a customer sent", () => {
    const at = "2026-03-02T09:30:00.000125Z";
    expect(project(telnyx({ id: "t1", type: "message.received", subject: "m1" }))).toEqual([
      {
        table: "sms_logs",
        key: { message_id: "m1" },
        values: {
          customer_phone: "+12025550143",
          business_phone: "+12025550100",
          message_type: "inbound",
          content: "Hi, can I move my cleaning to Thursday afternoon?",
          status: "received",
          received_at: at,
        },
        version: `${at}#00#t1`,
      },
    ]);
  });
  it("read the old shape, with numbers as text", () => {
    const payload = { from: "+12025550177", to: "+12025550100", direction: undefined };
    const [change] = project(telnyx({ type: "message.received", payload }));
    expect(change?.values).toMatchObject({ customer_phone: "+12025550177", business_phone: "+12025550100" });
  });
  it("report failure from message.finalized", () => {
    const [change] = project(telnyx({ type: "message.finalized", status: "delivery_failed" }));
    expect(change?.values).toMatchObject({
      status: "delivery_failed",
      customer_phone: "+12025550143",
      error: "40008: Undeliverable: The recipient's carrier refused it.",
    });
    const [fine] = project(telnyx({ type: "message.finalized" }));
    expect(fine?.values).toMatchObject({ status: "delivered", error: null });
  });
  it("end in the same row whatever the order, even within one instant", () => {
    const events = (["message.sent", "message.finalized"] as const).map((type) => telnyx({ type }));
    const [one, other] = permutations(events).map(rowsAfter);
    expect(one).toEqual(other);
    expect(one?.["sms_logs msg-harbor-dental-1"]?.status).toBe("delivered");
  });
});
