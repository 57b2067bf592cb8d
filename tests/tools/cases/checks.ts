/**
 * What is right for each case, and which source it needs. A case that is not listed is checked by its `expect` alone. Long
 * because it is a list: a case a few lines.
 */
import type { Ask } from "../../support/api";
import type { Desk, Forwarded } from "./desk";

export interface Seen {
  desk: Desk;
  statuses: number[];
  /** `GET /api/webhooks/events/{id}`, one per request that became an event. */
  // biome-ignore lint/suspicious/noExplicitAny: JSON as a caller sees it
  events: any[];
  /** What was forwarded to the destination that wants everything. */
  forwarded: Forwarded[];
  /** What the Agent SDK got. */
  toAgentSdk: Forwarded[];
  /** The answers of the endpoint. */
  answers: { status: number; body: { detail?: string; title?: string } }[];
}

/** Returns what is wrong; nothing when all is right. */
type Check = (seen: Seen) => Promise<string[]> | string[];

export interface Expected {
  source?: { provider: string; organisation_id?: string; settings?: Record<string, string> };
  /** The case is about the URL of this source, also where its path does not say so. */
  throughSource?: true;
  /** A source that is refused with the field that is wrong is right, too. */
  mayRefuseSource?: true;
  check: Check;
}

export const EXPECTED: Readonly<Record<string, Expected>> = {
  P01: { check: rows("select count(*)::int as n from orders where order_id = '5920000000260'", [{ n: 1 }]) },
  P02: {
    check: rows("select message_id, status from sms_recipients where message_id like 'p02-%' order by 1", [
      { message_id: "p02-a", status: "delivered" },
      { message_id: "p02-b", status: "undelivered" },
      { message_id: "p02-c", status: "delivered" },
    ]),
  },
  P03: {
    source: { provider: "shopify", organisation_id: "org_tenant" },
    async check({ desk, events: [order] }) {
      const [row] = await desk.sql`
        select e.redacted_at is not null as redacted, e.payload::text as payload, o.email
        from events e left join orders o on o.order_id = e.object_id or o.order_id = '5920000000301'
        where e.id = ${number(order.id)}`;
      return same("the order", row && [row.redacted, /buyer@/.test(row.payload ?? ""), row.email], [true, false, null]);
    },
  },
  P04: {
    async check(seen) {
      const flagged = seen.events.filter((event) => event.suspected_replay || event.status === "ignored");
      const kept = await rows("select count(*)::int as n from privacy_requests where kind = 'shop/redact'", [{ n: 2 }])(
        seen,
      );
      return [...same("suspected or ignored", flagged.length, 0), ...kept];
    },
  },
  P05: {
    async check(seen) {
      const money = await moneyOf(seen);
      const right = { huf: 2_296_000, isk: 50_000, ugx: 500_000, idr: 30_000_050, cop: 5_000_000, bhd: 5_120 };
      return same("money of the preview", money, right);
    },
  },
  P06: { check: async (seen) => same("money of the preview", await moneyOf(seen), { usd: 2_500 }) },
  P07: {
    check: rows("select subscription_status from businesses where stripe_customer_id = 'cus_tie'", [
      { subscription_status: "active" },
    ]),
  },
  P08: {
    check: rows(
      "select stripe_subscription_id as id, subscription_status as status from businesses where stripe_customer_id = 'cus_two'",
      [{ id: "sub_new", status: "active" }],
    ),
  },
  P09: {
    check: ({ toAgentSdk }) => same("forwards to the Agent SDK", toAgentSdk.length, 1),
  },
  P10: {
    check: rows("select message_id, customer_phone from sms_logs where message_id like 'msg-rcs-%' order by 1", [
      { message_id: "msg-rcs-in", customer_phone: "+12025550171" },
      { message_id: "msg-rcs-out", customer_phone: "+12025550171" },
    ]),
  },
  P11: {
    async check({ events: [event] }) {
      const written = JSON.stringify(event.deliveries?.map((one: { attempts: unknown }) => one.attempts));
      const says = (phone: string, status: string) =>
        new RegExp(
          `${phone}[^{}]*\\}[^{}]*\\{[^{}]*"${status}"|"${status}"[^{}]*${phone}|${phone}[^{}]*"${status}"`,
        ).test(written.replaceAll("\\", ""));
      return [
        ...(says("50171", "delivered") ? [] : ["nothing says delivered for …171"]),
        ...(says("50172", "delivery_failed") ? [] : ["nothing says delivery_failed for …172"]),
      ];
    },
  },
  P14: { check: ({ forwarded }) => same("forwarded", forwarded.length, 1) },
  P16: {
    check: ({ answers: [answer] }) =>
      answer?.status === 200 || /secret/i.test(`${answer?.body.detail}`)
        ? []
        : [`refused without the cause: ${answer?.body.detail}`],
  },
  P17: {
    source: { provider: "chatwoot" },
    throughSource: true,
    check: ({ events: [event] }) =>
      same(
        "organisation and object",
        [event?.organisation_id ?? event?.org_id, event?.object_id],
        ["5", "conversation:5:733"],
      ),
  },
  P18: {
    check: ({ events }) =>
      same("organisations", events.map(organisationOf), Array(events.length).fill("acct_1caseCoast")),
  },
  P19: {
    check: rows("select count(*)::int as n from businesses where stripe_customer_id = 'cus_testmode'", [{ n: 0 }]),
  },
  P20: {
    check: rows("select last_payment_date is not null as paid from businesses where stripe_customer_id = 'cus_oob'", [
      { paid: true },
    ]),
  },
  P21: {
    check: rows("select count(last_payment_date)::int as n from businesses where stripe_customer_id = 'cus_trial'", [
      { n: 0 },
    ]),
  },
  P22: { check: async (seen) => same("money of the preview", await moneyOf(seen), { usd: 7_375 }) },
  P24: {
    check: ({ forwarded: [one], events: [event] }) =>
      same("content-encoding and type", [one?.headers["content-encoding"], event?.event_type], ["gzip", "order.paid"]),
  },
  P25: {
    check: ({ forwarded: [one] }) =>
      same("content-type", String(one?.headers["content-type"]).split(";")[0], "application/json"),
  },
  P26: { check: rows("select status from sms_recipients where message_id = 'p26-a'", [{ status: "delivered" }]) },
  P27: {
    async check({ desk }) {
      const found = await desk.sql`select status from sms_recipients where message_id = 'p27-a'`;
      return found.length === 1 && !/enroute/i.test(found[0]?.status) ? [] : [`status ${JSON.stringify(found)}`];
    },
  },
  P28: {
    source: { provider: "mitto", organisation_id: "cedar" },
    check: rows("select organisation_id, status from sms_recipients where message_id = 'p28-a'", [
      { organisation_id: "cedar", status: "delivered" },
    ]),
  },
  P29: {
    check: rows(
      "select redacted_at is not null as redacted from events where event_type = 'checkouts/create' order by id desc limit 1",
      [{ redacted: true }],
    ),
  },
  P30: {
    check: ({ forwarded }) =>
      same(
        "action and resource",
        forwarded.map(({ headers }) => [headers["shopify-action"], headers["shopify-resource-id"]]).sort(),
        [
          ["delete", "gid://shopify/Product/8200000000030"],
          ["update", "gid://shopify/Product/8200000000030"],
        ],
      ),
  },
  P31: {
    check: ({ forwarded: [one] }) =>
      Object.values(one?.headers ?? {}).some((value) => String(value).includes("msg_P31"))
        ? []
        : ["no header has msg_P31"],
  },
  P32: {
    async check({ desk: { ask }, events: [event] }) {
      const [byEvent, byWebhook] = await Promise.all([
        search(ask, "32323232-0000-4000-8000-000000000032"),
        search(ask, "32323232-0000-4000-8000-0000000000ff"),
      ]);
      return [
        ...(byEvent.includes(event.id) ? [] : ["not found by its event id"]),
        ...(byWebhook.includes(event.id) ? [] : ["not found by its webhook id"]),
      ];
    },
  },
  P34: {
    source: {
      provider: "shopify",
      settings: { shop: "https://cedar-lane-supply.myshopify.com/", topic: "ORDERS_UPDATED" },
    },
    mayRefuseSource: true,
    check: ({ statuses }) => same("status", statuses, [200]),
  },
  P36: {
    check: ({ events: [event] }) =>
      same("type and object", [event?.event_type !== "unknown", event?.object_id], [true, "v3:case-texml"]),
  },
};

/** Compares the rows that a query finds. */
function rows(query: string, right: Record<string, unknown>[]): Check {
  return async ({ desk }) => same(query, [...(await desk.sql.unsafe(query))], right);
}

function same(what: string, found: unknown, right: unknown): string[] {
  const [a, b] = [sorted(found), sorted(right)];
  return a === b ? [] : [`${what}: ${a}, not ${b}`];
}

/** JSON with the fields of objects in order. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, one) =>
    one !== null && typeof one === "object" && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}

/** The money that a replay of these events would show, by currency, in minor units. */
async function moneyOf({ desk: { ask }, events }: Seen): Promise<Record<string, number>> {
  const draft = await ask("POST", "/api/webhooks/replays", {
    selection: { event_ids: events.map((event) => event.id) },
    options: { skipAlreadyApplied: false },
    reason: "a case",
    draft: true,
  });
  const { body } = await ask("GET", `/api/webhooks/replays/${draft.body.replay_id}/preview`);
  const money: { currency: string; amount: number }[] = body.impact?.money ?? [];
  return Object.fromEntries(money.map(({ currency, amount }) => [currency.toLowerCase(), amount]));
}

async function search(ask: Ask, text: string): Promise<string> {
  return (await ask("GET", `/api/search?q=${text}`)).text;
}

// biome-ignore lint/suspicious/noExplicitAny: JSON as a caller sees it
function organisationOf(event: any): string | null {
  return event?.organisation_id ?? event?.org_id ?? null;
}

function number(id: string): string {
  return id.replace(/^\D+/, "");
}
