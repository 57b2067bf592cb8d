/**
 * Honest traffic of all providers at random: lives of objects with several states in one second, large bodies, forms,
 * other charsets, equal bytes, and what senders send twice. What the provider says puts all states of one object in order.
 */
import { chatwootEvent } from "../../lib/providers/chatwoot/sample";
import { HEYREACH_TYPES, heyreachEvent } from "../../lib/providers/heyreach/sample";
import { mittoDlr } from "../../lib/providers/mitto/sample";
import type { RawRequest } from "../../lib/providers/provider";
import { shopifyBody } from "../../lib/providers/shopify/sample";
import { smartleadEvent } from "../../lib/providers/smartlead/sample";
import { standardEvent } from "../../lib/providers/standard/sample";
import { stripeEvent } from "../../lib/providers/stripe/sample";
import { type TelnyxType, telnyxEvent } from "../../lib/providers/telnyx/sample";
import { bodyOf, FIXTURE_TIME } from "../../lib/samples/ids";
import { requestOf, type Sender, type SignOptions } from "../fixtures/sign";

export interface HonestEvent {
  provider: Sender;
  body: Buffer;
  options: SignOptions;
  isForm?: true;
}

/** The request that its sender makes. */
export function honestRequest({ provider, body, options, isForm }: HonestEvent): RawRequest {
  const request = requestOf(provider, body, options);
  // Only senders that sign nothing send forms.
  return isForm ? { ...request, headers: [["Content-Type", "application/x-www-form-urlencoded"]] } : request;
}

type Random = () => number;

/** At least this many events, in the order in which they happened. */
export function honestTraffic(count: number, random: Random): HonestEvent[] {
  const events: HonestEvent[] = [];
  for (let n = 0; events.length < count; n += 1) events.push(...(LIVES[n % LIVES.length] as Life)(n, random));
  return events;
}

type Life = (n: number, random: Random) => HonestEvent[];

/** Of a text, in bytes. */
const LARGEST = 2 * 1024 * 1024;
const STATUSES = ["incomplete", "trialing", "active", "past_due", "unpaid", "active", "paused"];

/** A second of so many: most states of an object share theirs with another one. */
const laterOf = (at: number, random: Random) => at + Math.floor(random() * 2);

const LIVES: Life[] = [
  function subscription(n, random) {
    // Two or three subscriptions of one customer.
    const [customer, sub] = [`cus_${Math.floor(n / 20)}`, `sub_${n}`];
    let at = FIXTURE_TIME + n;
    let status = "incomplete";
    const made = (type: string, previous?: string) => {
      const id = `evt_${Math.floor(random() * 1e12)}_${n}`;
      const object = { created: FIXTURE_TIME + n };
      const event = stripeEvent({ id, type: type as never, created: at, customer, subscription: sub, status, object });
      const data = { ...event.data, ...(previous && { previous_attributes: { status: previous } }) };
      return { provider: "stripe" as const, body: bodyOf({ ...event, type, data }), options: {} };
    };
    const events = [made("customer.subscription.created")];
    for (let step = 0; step < 6; step += 1) {
      const previous = status;
      status = STATUSES[Math.floor(random() * STATUSES.length)] as string;
      at = laterOf(at, random);
      if (status !== previous) events.push(made("customer.subscription.updated", previous));
    }
    const paid = { type: "invoice.payment_succeeded" as const, customer, subscription: sub, created: at };
    for (const type of ["invoice.payment_succeeded", "invoice.paid"]) {
      const event = { ...stripeEvent({ ...paid, id: `evt_${type}_${n}` }), type };
      events.push({ provider: "stripe", body: bodyOf(event), options: {} });
    }
    status = "canceled";
    return random() < 0.5 ? events : [...events, made("customer.subscription.deleted")];
  },
  function call(n) {
    return (["call.initiated", "call.answered", "call.hangup"] as const).map((type) => telnyx(n, type));
  },
  function groupMessage(n, random) {
    const text = random() < 0.2 ? "x".repeat(Math.floor(random() * LARGEST)) : "Gate B at six";
    const to = (statuses: string[]) => statuses.map((status, k) => ({ phone_number: `+1202555${k}`, status }));
    const payload = (statuses: string[]) => ({ to: to(statuses), text });
    return [
      telnyx(n, "message.sent", payload(["queued", "queued"])),
      telnyx(n, "message.finalized", payload(["delivered", "queued"])),
      telnyx(n, "message.finalized", payload(["delivered", "delivery_failed"])),
    ];
  },
  function received(n) {
    // In Latin-1: no valid UTF-8.
    const event = telnyx(n, "message.received", { text: "Caf?" });
    return [{ ...event, body: Buffer.from(event.body.toString("latin1").replace("Caf?", "Caf\xe9"), "latin1") }];
  },
  function order(n, random) {
    const states = [...new Set(["pending", "authorized", "paid", "partially_refunded"].filter(() => random() < 0.8))];
    return states.map((financialStatus, k) => ({
      provider: "shopify" as const,
      body: shopifyBody({ topic: "orders/updated", order: String(7_000 + n), at: FIXTURE_TIME + n, financialStatus }),
      options: { id: `${9 - k}-${n}`, topic: "orders/updated", at: FIXTURE_TIME + n + k / 10 },
    }));
  },
  function report(n) {
    return ["BUFFERED", "ENROUTE", "UNDELIV", "DELIVRD"].map((status, k) => {
      const dlr = mittoDlr({ id: `m-${n}`, status });
      const form = Buffer.from(
        new URLSearchParams(Object.entries(dlr).map(([name, value]) => [name, String(value)])).toString(),
      );
      const sent = { provider: "mitto" as const, options: {} };
      return k % 2 === 0 ? { ...sent, body: bodyOf(dlr) } : { ...sent, body: form, isForm: true as const };
    });
  },
  function mail(n, random) {
    return (["EMAIL_SENT", "EMAIL_OPEN", "EMAIL_LINK_CLICK", "EMAIL_REPLY"] as const).map((type) => ({
      provider: "smartlead" as const,
      body: bodyOf(
        smartleadEvent({ type, eventId: `${type}-${n}`, statsId: `s-${n}`, at: laterOf(FIXTURE_TIME, random) }),
      ),
      options: {},
    }));
  },
  function lead(n) {
    return HEYREACH_TYPES.filter((type) => type !== "campaign_completed").map((type, k) => {
      const correlationId = `${9 - k}0000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
      const body = { timestamp: `2026-03-02T09:30:00.000000${k}Z`, conversation_id: `conversation-${n}` };
      const event = heyreachEvent({ type, lead: `lead-${n}`, tags: [`tag-${k}`], correlationId, body });
      return { provider: "heyreach" as const, body: bodyOf(event), options: {} };
    });
  },
  function conversation(n, random) {
    const content = random() < 0.1 ? "y".repeat(Math.floor(random() * LARGEST)) : "Where is my parcel?";
    return [
      { provider: "chatwoot", body: bodyOf(chatwootEvent({ id: n, content })), options: {} },
      // Equal bytes are two events where the sender says so.
      ...["a", "b"].map((k) => ({
        provider: "standard" as const,
        body: bodyOf(standardEvent({ id: "ord_1" })),
        options: { id: `msg_${n}_${k}` },
      })),
    ];
  },
];

function telnyx(n: number, type: TelnyxType, payload: Record<string, unknown> = {}): HonestEvent {
  const subject = `${type.split(".")[0]}-${n}`;
  // Three states of one microsecond.
  const occurredAt = new Date((FIXTURE_TIME + n) * 1000).toISOString().replace("000Z", "000125Z");
  const event = telnyxEvent({ type, subject, occurredAt, payload });
  return { provider: "telnyx", body: bodyOf(event), options: {} };
}
