/**
 * Where data of people lies is declared (265_personal_data.sql), and a privacy request goes by the declaration: whom it is
 * about is found through every source, spelling and table, and no one else is.
 * Long because it lists the places.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createSource } from "@/lib/commands/sources";
import { accept } from "@/lib/pipeline/accept";
import { contactHashes } from "@/lib/providers/shopify/people";
import { type ShopifyOptions, type ShopifyType, shopifyBody } from "@/lib/providers/shopify/sample";
import { FIXTURE_TIME } from "@/lib/samples/ids";
import { FIXTURE_SHOP, requestOf } from "../fixtures/sign";
import { type Desk, eventIdIn, openDesk, send, workUntilIdle } from "../support/desk";
import { dumpOf } from "../support/dump";
import { seededRandom } from "../support/seed";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());
afterEach(
  () =>
    desk.sql`truncate event_keys, events, deliveries, attempts, replay_items, orders, customers, sms_recipients,
      privacy_requests, rejections cascade`,
);

const admin = {
  actor: { kind: "staff", id: "staff-1", name: "Ada", role: "admin", organisations: null },
  requestId: "req-privacy",
  origin: "https://desk.test",
} as const;

const ASKED = FIXTURE_TIME + 86_400;
const NOAH = { customer: "7731940223158", order: "5920184410358", email: "noah.whitfield@example.com" };
const IDA = {
  customer: "7731940223999",
  order: "5920184410999",
  email: "ida.berg@example.com",
  phone: "+4915123456789",
};

/** An event that came through a source's URL, or the default one, and was delivered. */
async function happens(
  topic: string,
  who: ShopifyOptions,
  { url, at = FIXTURE_TIME, id }: { url?: string; at?: number; id?: string } = {},
) {
  const body = shopifyBody({ topic: topic as ShopifyType, at, ...who });
  const options = { topic, at, ...(id && { id }), ...(who.shop && { shop: who.shop }) };
  const answer = url
    ? await accept({ ...requestOf("shopify", body, options), path: new URL(url).pathname })
    : await send("shopify", body, options);
  expect(answer.status, answer.body).toBe(200);
  await workUntilIdle();
  return eventIdIn(answer);
}

const sourceOf = async (organisation_id: string, more: Record<string, unknown> = {}) =>
  (await createSource({ provider: "shopify", name: organisation_id, organisation_id, ...more }, admin)).full_url;

const redactedEvents = async () =>
  (await desk.sql`select id::int from events where redacted_at is not null order by id`).map(({ id }) => id);

describe("the declaration", () => {
  test("Every table with text, JSON or bytes says where data of people is: a new one is missing until it does", async () => {
    const missing = await desk.sql`
      select c.relname || '.' || a.attname as column
      from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
        -- A partition has the columns of its table.
        and not c.relispartition
        and a.atttypid in ('text'::regtype, 'text[]'::regtype, 'jsonb'::regtype, 'json'::regtype, 'bytea'::regtype, 'varchar'::regtype)
        and not exists (
          select from personal_columns() p
          where p.table_name = c.relname and (p.column_name = a.attname or p.column_name = '*')
        )
      order by 1`;
    expect(missing.map(({ column }) => column)).toEqual([]);
  });

  test("names columns that exist, each once, each with a known handling, and a reason for what is kept", async () => {
    const wrong = await desk.sql`
      select p.table_name, p.column_name, count(*)::int
      from personal_columns() p
      left join information_schema.columns c
        on c.table_schema = 'public' and c.table_name = p.table_name and c.column_name = p.column_name
      group by 1, 2
      having count(*) > 1 or (p.column_name <> '*' and min(c.column_name) is null)
        or bool_or(p.handling not in ('event', 'cleared', 'row', 'kept'))
        or bool_or(p.handling = 'kept' and p.why is null) or bool_or(p.column_name = '*' and p.handling <> 'kept')`;
    expect(wrong).toEqual([]);
  });

  test("Every table whose rows are cleared has the trigger that does it, and keeps rows of late workers out", async () => {
    const without = await desk.sql`
      select t.table_name from tables_of_people() t
      where t.handling = 'cleared' and not exists (
        select from pg_trigger g where g.tgrelid = ('public.' || t.table_name)::regclass and g.tgfoid = 'redact_row'::regproc
      )`;
    expect(without).toEqual([]);
  });
});

describe("customers/redact", () => {
  test("on the app's one URL forgets what came through any source of the shop, whatever its organisation [S56]", async () => {
    const [acme, bound] = [
      await sourceOf("acme"),
      await sourceOf("zenith", { company_id: "co-7", settings: { shop: FIXTURE_SHOP } }),
    ];
    const gone = [
      await happens("orders/create", NOAH, { url: acme }),
      await happens("customers/create", NOAH, { url: bound }),
      await happens("orders/paid", NOAH),
    ];
    const kept = await happens("orders/create", IDA, { url: acme });
    const elsewhere = await happens(
      "orders/create",
      { ...NOAH, shop: "birch.myshopify.com", total: "9.00" },
      { url: acme, id: "birch-1" },
    );
    const request = await happens("customers/redact", NOAH, { at: ASKED });

    expect(await redactedEvents()).toEqual([...gone, request]);
    expect(
      await desk.sql`select organisation_id, shop, email from orders where order_id = ${NOAH.order} order by 1, 2`,
    ).toEqual([
      { organisation_id: "acme", shop: FIXTURE_SHOP, email: null },
      { organisation_id: "acme", shop: "birch.myshopify.com", email: NOAH.email },
      { organisation_id: FIXTURE_SHOP, shop: FIXTURE_SHOP, email: null },
    ]);
    expect(await desk.sql`select organisation_id, email, first_name from customers`).toEqual([
      { organisation_id: "zenith", email: null, first_name: null },
    ]);
    expect(await redactedEvents()).not.toContain(kept);
    expect(await redactedEvents()).not.toContain(elsewhere);
    const [counted] = await desk.sql`select events_changed, rows_changed, changed from privacy_requests`;
    expect(counted).toMatchObject({ events_changed: 4, rows_changed: 3, changed: { orders: 2, customers: 1 } });
  });

  test.each([
    ["the same address in another case", { email: "Left.Behind@Example.COM", phone: null }],
    ["the number with spaces", { email: null, phone: "+1 202-555 0199" }],
    ["the number as typed at home", { email: null, phone: null, billing_address: { phone: "(202) 555-0199" } }],
    ["the number with 00", { email: null, phone: "0012025550199" }],
    ["the address in a note", { email: null, phone: null, note: "Ask left.behind@example.com\nfirst" }],
  ])("forgets a checkout that names no customer, by %s", async (_how, body) => {
    const id = await happens("checkouts/create", { body: { customer: undefined, ...body } });
    const other = await happens(
      "checkouts/create",
      {
        ...{ order: "41", email: "other.left.behind@example.com", body: { customer: null, phone: "+12025550198" } },
      },
      { id: "other" },
    );
    const person = { customer: "7731940229999", order: "1", email: "left.behind@example.com", phone: "+12025550199" };
    const request = await happens("customers/redact", person, { at: ASKED });
    expect(await redactedEvents()).toEqual([id, request]);
    expect(await redactedEvents()).not.toContain(other);
    expect(await dumpOf(desk.sql)).not.toMatch(/[^.]left\.behind@|202.{0,3}555.{0,2}0199/i);
  });

  test("forgets by address what names no customer and comes late", async () => {
    const person = { customer: "7731940229999", order: "1", email: "left@example.com", phone: "+12025550199" };
    await happens("customers/redact", person, { at: ASKED });
    const late = await happens(
      "checkouts/create",
      { body: { customer: null, email: "LEFT@example.com" } },
      { at: ASKED - 5 },
    );
    const after = await happens(
      "checkouts/update",
      { body: { customer: null, email: "LEFT@example.com" } },
      { at: ASKED + 5 },
    );
    expect(await redactedEvents()).toContain(late);
    expect(await redactedEvents()).not.toContain(after);
  });

  test("does not take another object for the person because it has the same number", async () => {
    const product = await happens("products/update", { order: NOAH.customer });
    const order = await happens("orders/create", { ...IDA, order: NOAH.customer });
    await happens("customers/redact", NOAH, { at: ASKED });
    expect(await redactedEvents()).not.toContain(product);
    expect(await redactedEvents()).not.toContain(order);
  });

  test("takes away what was written while it ran: an attempt under way ends without its values", async () => {
    const id = eventIdIn(await send("shopify", shopifyBody(NOAH), { topic: "orders/create", at: FIXTURE_TIME }));
    const { claim } = await import("@/lib/pipeline/claim");
    const { deliver } = await import("@/lib/pipeline/deliver");
    const { record } = await import("@/lib/pipeline/record");
    const { work } = await claim("slow worker", 10, 30);
    const outcomes = await Promise.all(work.map((item) => deliver(item)));
    await happens("customers/redact", NOAH, { at: ASKED });
    await Promise.all(
      work.map((item, n) => record(item, outcomes[n] as (typeof outcomes)[number], Date.now() + 5_000)),
    );
    expect(await redactedEvents()).toContain(id);
    expect(await dumpOf(desk.sql)).not.toContain(NOAH.email);
    expect(await desk.sql`select status, email from orders, events where events.id = ${id}`).toEqual([
      { status: "processed", email: null },
    ]);
  });

  test("also forgets a text message of the shop to the person's number", async () => {
    for (const [id, receiver] of [
      ["m-1", "12025550188"],
      ["m-2", "12025550111"],
    ]) {
      await send("mitto", { Id: id, status: "DELIVERED", receiver, reference: `${FIXTURE_SHOP}:${id}` });
    }
    await workUntilIdle();
    // A report has no time of its own, so it counts from when it came.
    const at = Math.floor(Date.now() / 1000) + 60;
    await happens("customers/redact", { ...NOAH, phone: "+12025550188" }, { at });
    expect(await desk.sql`select message_id, phone from sms_recipients order by 1`).toEqual([
      { message_id: "m-1", phone: null },
      { message_id: "m-2", phone: "12025550111" },
    ]);
  });
});

test("Nothing of the person that must go stays, and all of the others does: seeded people, orders and sources", async () => {
  const random = seededRandom();
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T;
  const urls = [undefined, await sourceOf("acme"), await sourceOf("zenith", { company_id: "co-1" })];
  const people = Array.from({ length: 8 }, (_, n) => ({
    customer: String(7_000_000_000_100 + n),
    email: `person${n}.${Math.floor(random() * 1e6)}@example.com`,
    phone: `+1202555${String(1000 + n * 37).slice(-4)}`,
    firstName: `Firstname${n}X`,
  }));
  const orders = new Map<number, string[]>();
  for (let n = 0; n < 60; n++) {
    const who = Math.floor(random() * people.length);
    const person = people[who] as (typeof people)[number];
    const order = String(5_000_000_000_000 + n);
    const kind = pick([
      "orders/create",
      "orders/updated",
      "customers/update",
      "checkouts/create",
      "refunds/create",
    ] as const);
    if (kind.startsWith("orders")) orders.set(who, [...(orders.get(who) ?? []), order]);
    const mine = orders.get(who) ?? [];
    const loose = { customer: null, email: person.email.toUpperCase(), phone: person.phone };
    const body =
      kind === "checkouts/create"
        ? loose
        : kind === "refunds/create"
          ? { order_id: Number(mine[0] ?? order), note: person.firstName }
          : {};
    if (kind === "refunds/create" && mine.length === 0) continue;
    await happens(kind, { ...person, order, body }, { url: pick(urls), at: FIXTURE_TIME + n, id: `seeded-${n}` });
  }
  const gone = people[0] as (typeof people)[number];
  const before = await dumpOf(desk.sql);
  const traces = (text: string, { email, phone, firstName }: (typeof people)[number]) =>
    [email, email.toUpperCase(), phone, firstName].reduce((sum, trace) => sum + text.split(trace).length - 1, 0);
  const counted = people.map((person) => traces(before, person));

  const body = { orders_to_redact: (orders.get(0) ?? []).map(Number) };
  await happens("customers/redact", { ...gone, body }, { at: ASKED });

  const after = await dumpOf(desk.sql);
  expect(counted[0]).toBeGreaterThan(0);
  expect(people.map((person) => traces(after, person))).toEqual([0, ...counted.slice(1)]);
});

test("TypeScript and SQL make the same hashes of a person, in every spelling", async () => {
  for (const [email, phone] of [
    ["Noah@Example.com ", "+1 (202) 555-0199"],
    ["zoë.ÄRGER@exämple.de", "0049 151 23456789"],
    [undefined, "0151/23456789"],
    ["a@b.c", "+353861234567"],
    ["x@y.z", "123"],
    [undefined, undefined],
  ]) {
    const [row] = await desk.sql`select contacts_of(${FIXTURE_SHOP}, ${email ?? null}, ${phone ?? null}) as hashes`;
    expect([...(row?.hashes ?? [])].sort(), `${email} ${phone}`).toEqual(contactHashes(FIXTURE_SHOP, { email, phone }));
  }
});
