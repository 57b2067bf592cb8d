/** The name and sender of an event: the documented ids, and a key of its own for everything odd. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { parseBody } from "@/lib/pipeline/parse";
import { findProvider } from "@/lib/providers";
import { CHATWOOT_TYPES, chatwootEvent } from "@/lib/providers/chatwoot/sample";
import type { Identity, Provider, VerifiedRequest } from "@/lib/providers/provider";
import { standardEvent } from "@/lib/providers/standard/sample";
import { stripeEvent, stripeThinEvent } from "@/lib/providers/stripe/sample";
import { telnyxEvent, telnyxLinkClicked } from "@/lib/providers/telnyx/sample";
import { bodyOf, FIXTURE_TIME, shortHash } from "@/lib/samples/ids";
import { SIGNERS, type Signer, type SignOptions, sign, TEST_ENVIRONMENT } from "../fixtures/sign";

const secrets = Object.values(TEST_ENVIRONMENT);

/** Through the real steps: signed, verified, parsed, identified. */
function identify(name: Signer, event: unknown, options: SignOptions = {}): Identity {
  const body = Buffer.isBuffer(event) ? event : bodyOf(event);
  const provider = findProvider(name) as Provider;
  const headers = sign(name, body, { at: FIXTURE_TIME, ...options });
  const request = { method: "POST", path: "/", headers, body };
  const verified = provider.verify(request, { secrets, allowUnsigned: true, now: FIXTURE_TIME });
  if (!verified.ok) throw new Error(verified.detail);
  return provider.identify(verified.request, parseBody(body).value);
}

const hashed = (body: Buffer) => `sha256:${createHash("sha256").update(body).digest("hex")}`;

describe("stripe", () => {
  it("reads an event", () => {
    const event = stripeEvent({ id: "evt_1", type: "invoice.payment_failed", account: "acct_coast", livemode: false });
    expect(identify("stripe", event)).toMatchObject({
      eventKey: "evt_1",
      eventType: "invoice.payment_failed",
      organisationId: "acct_coast",
      objectId: "in_harborDental0042",
      occurredAt: "2026-03-02T09:30:00.000Z",
      livemode: false,
    });
  });
  it("reads a thin event of v2", () => {
    expect(identify("stripe", stripeThinEvent({ id: "evt_thin" }))).toMatchObject({
      eventKey: "evt_thin",
      eventType: "v1.billing.meter.no_meter_found",
      objectId: "mtr_reminder_calls",
      occurredAt: "2026-03-02T09:30:00.250Z",
    });
  });
  it("has equal fingerprints when only pending_webhooks differs", () => {
    const event = stripeEvent({ id: "evt_2" });
    const print = (other: object) => [...(identify("stripe", { ...event, ...other }).fingerprint ?? [])].join("");
    expect(print({ pending_webhooks: 3 })).toContain("evt_2");
    expect(print({ pending_webhooks: 3 })).toBe(print({ pending_webhooks: 0 }));
    expect(print({ pending_webhooks: 3 })).not.toBe(print({ pending_webhooks: 3, livemode: false }));
  });
  it.each([
    ["an object", { a: 1 }],
    ["a list", ["evt_1"]],
    ["a number", 12],
    ["empty", ""],
    ["white space", " \t"],
    ["null", null],
    ["missing", undefined],
    ["ten kilobytes long", "e".repeat(10_240)],
    ["on two lines", "evt_1\nevt_2"],
    ["a lone surrogate", "evt_\ud800"],
    ["with a NUL", "evt_\0"],
  ])("falls back to the body's hash when the id is %s", (_, id) => {
    const body = bodyOf({ ...stripeEvent(), id });
    expect(identify("stripe", body).eventKey).toBe(hashed(body));
  });
  it.each([[{}], [[]], [7], [""], [null], [undefined], ["a\0b"], ["\udc00"]])("calls the type %j unknown", (type) => {
    expect(identify("stripe", { ...stripeEvent(), type }).eventType).toBe("unknown");
  });
  it("cuts a long type, and not through an emoji", () => {
    expect(identify("stripe", { ...stripeEvent(), type: "t".repeat(900) }).eventType).toBe("t".repeat(255));
    expect(identify("stripe", { ...stripeEvent(), type: `${"t".repeat(254)}🚀` }).eventType).toBe("t".repeat(254));
  });
  it.each([-1, 1e15, "soon", null, "2026-02-30", "0000-01-01T00:00:00Z", true])(
    "drops the impossible time %j",
    (created) => {
      expect(identify("stripe", { ...stripeEvent(), created }).occurredAt).toBeUndefined();
    },
  );
});

describe("telnyx", () => {
  it("reads a call and a message", () => {
    expect(identify("telnyx", telnyxEvent({ id: "t1", subject: "v3:call" }))).toMatchObject({
      eventKey: "t1",
      eventType: "call.initiated",
      organisationId: "2201557000000000017",
      objectId: "v3:call",
      occurredAt: "2026-03-02T09:30:00.000125Z",
    });
    expect(identify("telnyx", telnyxEvent({ id: "t2", type: "message.sent", subject: "m9" }))).toMatchObject({
      eventKey: "t2",
      organisationId: "org-harbor-dental",
      objectId: "m9",
    });
  });
  it("falls back to the messaging profile for the organisation", () => {
    const event = telnyxEvent({ type: "message.sent", payload: { organization_id: undefined } });
    expect(identify("telnyx", event).organisationId).toBe("40017f3a-0000-4000-8000-00000000a1b2");
  });
  it("has one fingerprint for all attempts of an event", () => {
    const event = (attempt: number, text: string) => telnyxEvent({ id: "t3", type: "message.sent", attempt, text });
    const print = (attempt: number, text = "hello") => identify("telnyx", event(attempt, text)).fingerprint;
    expect(print(1)).toBe(print(2));
    expect(print(1)).not.toBe(print(1, "bye"));
  });
  it("takes link_clicked, which has no wrapper, by its bytes", () => {
    const body = bodyOf(telnyxLinkClicked());
    expect(identify("telnyx", body)).toMatchObject({
      eventKey: hashed(body),
      eventType: "link_clicked",
      objectId: "msg-harbor-dental-1",
    });
  });
});

describe("chatwoot", () => {
  it("reads a message", () => {
    const event = chatwootEvent({ id: 71, account: 3, inbox: 8, conversation: 417 });
    expect(identify("chatwoot", event, { id: "delivery-1" })).toMatchObject({
      eventKey: "message_created:3:71",
      eventType: "message_created",
      organisationId: "3",
      companyId: "8",
      objectId: "conversation:3:417",
      occurredAt: "2026-03-02T09:30:00.000Z",
    });
  });
  it("knows account and object of every type", () => {
    const objects = CHATWOOT_TYPES.map((event) => [
      event,
      identify("chatwoot", chatwootEvent({ event, id: 50 })).objectId,
    ]);
    expect(Object.fromEntries(objects)).toEqual({
      message_created: "conversation:3:417",
      message_updated: "conversation:3:417",
      conversation_created: "conversation:3:50",
      conversation_status_changed: "conversation:3:50",
      conversation_updated: "conversation:3:50",
      conversation_typing_on: "conversation:3:417",
      contact_created: "contact:3:50",
      webwidget_triggered: "contact:3:9021",
    });
    for (const event of CHATWOOT_TYPES) expect(identify("chatwoot", chatwootEvent({ event })).organisationId).toBe("3");
  });
  it.each([
    ["message_created", "message_created:3:50"],
    ["conversation_created", "conversation_created:3:50"],
    ["contact_created", "contact_created:3:50"],
    ["conversation_updated", "conversation_updated:3:50:1772443800.125:<hash>"],
    ["conversation_status_changed", "conversation_status_changed:3:50:1772443800.125:<hash>"],
  ] as const)("%s has the key %s, whatever the delivery id is", (event, key) => {
    const body = chatwootEvent({ event, id: 50, at: FIXTURE_TIME + 0.125 });
    const named = key.replace("<hash>", shortHash(body));
    for (const id of ["", "delivery-1", "delivery-2"]) expect(identify("chatwoot", body, { id }).eventKey).toBe(named);
  });
  it.each(["message_updated", "conversation_typing_on", "webwidget_triggered"] as const)(
    "%s goes by its bytes and the signed time, whatever the delivery id is",
    (event) => {
      const body = bodyOf(chatwootEvent({ event, id: 50 }));
      const key = hashed(Buffer.concat([Buffer.from(`${FIXTURE_TIME}.`), body]));
      for (const id of [" ", "delivery-1"]) expect(identify("chatwoot", body, { id }).eventKey).toBe(key);
      expect(identify("chatwoot", body, { at: FIXTURE_TIME + 4 }).eventKey).not.toBe(key);
    },
  );
  it("keeps two changes of one conversation apart, also where the server writes whole seconds", () => {
    const changed = (updated_at: number, status: "open" | "resolved") =>
      identify("chatwoot", { ...chatwootEvent({ event: "conversation_updated", id: 50, status }), updated_at })
        .eventKey;
    expect(changed(FIXTURE_TIME + 0.25, "open")).not.toBe(changed(FIXTURE_TIME + 0.5, "open"));
    expect(changed(FIXTURE_TIME, "open")).not.toBe(changed(FIXTURE_TIME, "resolved"));
  });
});

describe("standard webhooks", () => {
  it("reads an event", () => {
    expect(identify("standard", standardEvent({ id: "ord_7" }), { id: "msg_7" })).toEqual({
      eventKey: "msg_7",
      eventType: "order.created",
      objectId: "ord_7",
      occurredAt: "2026-03-02T09:30:00.000Z",
      writtenTime: "2026-03-02T09:30:00.000Z",
    });
  });
  it("keeps events with long ids apart", () => {
    const keys = ["a", "b"].map(
      (end) => identify("standard", standardEvent(), { id: "m".repeat(2000) + end }).eventKey,
    );
    expect(new Set(keys).size).toBe(2);
  });
});

describe.each(SIGNERS)("%s with a body nobody expects [D3] [D9]", (name) => {
  const bodies = [
    "",
    " ",
    "null",
    "true",
    '"text"',
    "123",
    "[]",
    "{}",
    "a=1&b=2",
    "<xml/>",
    "{",
    '{"data":null}',
    '{"data":[]}',
    '{"data":{"object":7,"payload":"x"}}',
    '{"__proto__":{"admin":true},"id":"x","constructor":{"prototype":{"admin":true}}}',
    "[".repeat(1_000_000),
    `${'{"data":'.repeat(4_900)}1${"}".repeat(4_900)}`,
    '{"id":"\\u0000","type":"\\ud83d"}',
  ].map((text) => Buffer.from(text));
  bodies.push(Buffer.from([0xff, 0xfe]), Buffer.alloc(1 << 20, 0x5b));

  it("finds a key and a type that can be stored, and pollutes nothing", () => {
    for (const body of bodies) {
      const { eventKey, eventType } = identify(name, body);
      expect(eventKey).toMatch(/^[\x20-\x7e]{1,1024}$/);
      expect(eventType).toMatch(/^[\x20-\x7e]{1,255}$/);
    }
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});

it("only verify makes a verified request", () => {
  // @ts-expect-error the mark of a verified request is a symbol that no other module has
  const forged: VerifiedRequest = { method: "POST", path: "/", headers: [], body: Buffer.alloc(0), trust: "signed" };
  expect(forged.trust).toBe("signed");
});
