/** The rows of campaigns, texts and orders are the same whatever order their events come in, and however often. */
import { expect, test } from "vitest";
import { parseBody } from "@/lib/pipeline/parse";
import { type HeyreachOptions, heyreachEvent } from "@/lib/providers/heyreach/sample";
import { type MittoOptions, mittoDlr } from "@/lib/providers/mitto/sample";
import type { ProjectableEvent } from "@/lib/providers/provider";
import { type ShopifyOptions, shopifyBody } from "@/lib/providers/shopify/sample";
import { type SmartleadOptions, smartleadEvent } from "@/lib/providers/smartlead/sample";
import { bodyOf, FIXTURE_TIME } from "@/lib/samples/ids";
import { rowsAfter } from "../support/rows";

let count = 0;
function event(provider: string, eventType: string, body: Buffer, at: number | undefined): ProjectableEvent {
  count += 1;
  const occurredAt = at === undefined ? undefined : new Date(at * 1000).toISOString();
  const receivedAt = new Date((FIXTURE_TIME + 1_000 + count) * 1000).toISOString();
  const payload = parseBody(body).value;
  return {
    provider,
    eventKey: `k${count}`,
    eventType,
    organisationId: "alder",
    companyId: "s",
    receivedAt,
    occurredAt,
    payload,
  };
}

const T = FIXTURE_TIME;
const smartlead = (o: SmartleadOptions) =>
  event(
    "smartlead",
    o.type as string,
    bodyOf(smartleadEvent({ statsId: "s1", ...o })),
    o.type === "EMAIL_BOUNCE" ? T : o.at,
  );
const heyreach = (o: HeyreachOptions) => event("heyreach", o.type as string, bodyOf(heyreachEvent(o)), o.at);
const mitto = (o: MittoOptions) => event("mitto", "dlr", bodyOf(mittoDlr({ id: "m1", ...o })), undefined);
const shopify = (o: ShopifyOptions) => event("shopify", o.topic as string, shopifyBody(o), o.at);

const stories: [name: string, events: ProjectableEvent[], ends: Record<string, Record<string, unknown>>][] = [
  [
    "a mail that bounces",
    [
      smartlead({ type: "EMAIL_SENT", at: T }),
      smartlead({ type: "EMAIL_OPEN", at: T + 30 }),
      smartlead({ type: "EMAIL_OPEN", at: T + 90, campaignStatus: "PAUSED" }),
      smartlead({ type: "EMAIL_BOUNCE", at: T + 5 }),
      smartlead({ type: "LEAD_CATEGORY_UPDATED", at: T + 60 }),
      smartlead({ type: "CAMPAIGN_STATUS_CHANGED", at: T + 95, campaignStatus: "COMPLETED" }),
    ],
    {
      "campaigns smartlead,alder,90412": { name: "Spring clinics", status: "COMPLETED" },
      "leads smartlead,alder,90412,dana@brightline.example": {
        status: "bounced",
        category: "Interested",
        first_name: "Dana",
      },
      "messages smartlead,alder,s1": {
        status: "bounced",
        sent_at: "2026-03-02T09:30:00.000Z",
        opened_at: "2026-03-02T09:31:30.000Z",
      },
    },
  ],
  [
    "a lead who answers and then leaves",
    [
      smartlead({ type: "EMAIL_SENT", at: T }),
      smartlead({ type: "EMAIL_LINK_CLICK", at: T + 300 }),
      smartlead({ type: "EMAIL_REPLY", at: T + 200 }),
      smartlead({ type: "LEAD_UNSUBSCRIBED", at: T + 250 }),
    ],
    {
      "leads smartlead,alder,90412,dana@brightline.example": { status: "unsubscribed" },
      "messages smartlead,alder,s1": { status: "replied" },
    },
  ],
  [
    "a conversation on LinkedIn",
    [
      heyreach({ type: "connection_request_sent", at: T }),
      heyreach({ type: "connection_request_accepted", at: T + 60 }),
      heyreach({ type: "message_sent", at: T + 90 }),
      heyreach({ type: "message_reply_received", at: T + 200 }),
      heyreach({ type: "every_message_reply_received", at: T + 200 }),
      heyreach({ type: "lead_tag_updated", at: T + 220, tags: ["clinic", "booked"] }),
      heyreach({ type: "campaign_completed", at: T + 900 }),
    ],
    {
      "campaigns heyreach,alder,3301": { name: "Clinic owners", status: "FINISHED" },
      "leads heyreach,alder,3301,lead_dana": { status: "replied", tags: ["clinic", "booked"] },
    },
  ],
  [
    "a text that is delivered in the end",
    [
      mitto({ status: "DELIVERED" }),
      mitto({ status: "UNDELIVERED", errorCode: "1" }),
      mitto({ status: "BUFFERED" }),
      mitto({ status: "SENT" }),
    ],
    { "sms_recipients alder,m1": { status: "delivered", phone: "12025550188", error_code: "0" } },
  ],
  [
    "an order with two states in one second",
    [
      shopify({ topic: "orders/create", at: T }),
      shopify({ topic: "orders/paid", at: T }),
      shopify({ topic: "orders/updated", at: T + 5, financialStatus: "refunded", total: "0.00" }),
      shopify({ topic: "orders/cancelled", at: T + 5, financialStatus: "refunded", total: "0.00" }),
      shopify({ topic: "orders/delete", at: T + 9 }),
    ],
    {
      "orders alder,s,5920184410358": {
        financial_status: "refunded",
        total_price: "0.00",
        cancelled_at: "2026-03-02T09:30:05Z",
        deleted_at: "2026-03-02T09:30:09.000Z",
      },
    },
  ],
];

test.each(stories)("%s", (_, events, ends) => {
  const expected = rowsAfter(events);
  expect(expected).toMatchObject(ends);
  const random = seeded(20_260_302);
  for (let round = 0; round < 200; round += 1) expect(rowsAfter(shuffledTwice(events, random))).toEqual(expected);
});

/** Every event once or twice, in any order. */
function shuffledTwice<T>(events: T[], random: () => number): T[] {
  const sent = events.flatMap((one) => (random() < 0.5 ? [one] : [one, one]));
  return sent
    .map((one) => ({ one, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

/** The same numbers in every run: Park and Miller's generator. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
