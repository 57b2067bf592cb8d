/** What happens in a simulation: customers subscribe, pay and leave, phones ring, shoppers write. One event at a time. */
import { randomBytes } from "node:crypto";
import { CHATWOOT_TYPES } from "../../lib/providers/chatwoot/sample";
import { type Sample, type SampleOptions, sample } from "../../lib/samples";

/** The next event of some running story. */
export type Story = () => Sample;

type Step = () => Sample;

/** A share of events that verify but cannot be projected, so that the dead letters have something to show. */
const UNUSABLE_SHARE = 0.02;
const MOST_RUNNING = 12;

export function stories(random: () => number): Story {
  const running: Step[][] = [];
  return () => {
    if (running.length < MOST_RUNNING) running.push(begin(random));
    const index = Math.floor(random() * running.length);
    const steps = running[index] as Step[];
    const step = steps.shift() as Step;
    if (steps.length === 0) running.splice(index, 1);
    return step();
  };
}

function begin(random: () => number): Step[] {
  const kinds = [subscription, call, text, conversation, conversation, order];
  const kind = kinds[Math.floor(random() * kinds.length)] as (typeof kinds)[number];
  return kind(random);
}

function subscription(random: () => number): Step[] {
  const name = randomBytes(6).toString("hex");
  const base = { customer: `cus_${name}`, subscription: `sub_${name}`, amount: pick(random, [4_900, 9_900, 19_900]) };
  const shape = pick(random, ["basil", "legacy"] as const);
  const stripe =
    (type: string, more: SampleOptions["stripe"] = {}) =>
    () => {
      const broken = random() < UNUSABLE_SHARE ? { object: { customer: null } } : {};
      return sample("stripe", type, { stripe: { ...base, shape, ...more, ...broken } });
    };
  const fails = random() < 0.3;
  return [
    stripe("customer.subscription.created", { status: "incomplete" }),
    stripe(fails ? "invoice.payment_failed" : "invoice.payment_succeeded"),
    stripe("customer.subscription.updated", { status: fails ? "past_due" : "active" }),
    ...(random() < 0.4 ? [stripe("customer.subscription.deleted")] : []),
    ...(random() < 0.1 ? [stripe("charge.refunded")] : []),
  ];
}

function call(random: () => number): Step[] {
  const telnyx = {
    subject: `v3:${randomBytes(18).toString("base64url")}`,
    customer: phone(random),
    direction: pick(random, ["incoming", "outgoing"] as const),
  };
  const types = random() < 0.8 ? ["call.initiated", "call.answered", "call.hangup"] : ["call.initiated", "call.hangup"];
  return types.map((type) => () => sample("telnyx", type, { telnyx }));
}

function text(random: () => number): Step[] {
  const telnyx = { subject: randomBytes(12).toString("hex"), customer: phone(random) };
  if (random() < 0.5) {
    const words = ["Running ten minutes late, sorry!", "Do you have anything on Friday?", "Yes, please confirm."];
    return [() => sample("telnyx", "message.received", { telnyx: { ...telnyx, text: pick(random, words) } })];
  }
  const reminder = { ...telnyx, text: "Reminder: your appointment is tomorrow at 10:30." };
  const status = random() < 0.85 ? "delivered" : "delivery_failed";
  return [
    () => sample("telnyx", "message.sent", { telnyx: { ...reminder, status: "sent" } }),
    () => sample("telnyx", "message.finalized", { telnyx: { ...reminder, status } }),
  ];
}

function conversation(random: () => number): Step[] {
  const count = 1 + Math.floor(random() * 4);
  const types = Array.from({ length: count }, () => pick(random, CHATWOOT_TYPES));
  return ["conversation_created", "message_created", ...types].map((type) => () => sample("chatwoot", type));
}

function order(random: () => number): Step[] {
  const types = random() < 0.7 ? ["order.created", "order.fulfilled"] : ["contact.updated"];
  return types.map((type) => () => sample("standard", type));
}

function phone(random: () => number): string {
  return `+1202555${String(Math.floor(random() * 100) + 100).padStart(4, "0")}`;
}

function pick<T>(random: () => number, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}
