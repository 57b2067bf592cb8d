/** Large bodies that compression does not make smaller: trying it took longer than a sender waits. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { storedBody } from "../support/bodies";
import { type Desk, eventIdIn, openDesk, send } from "../support/desk";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

/** A Stripe event with an attachment of about this size. */
function eventWith(attachment: string): Buffer {
  const event = JSON.stringify(stripeEvent({ type: "invoice.payment_failed" }));
  return Buffer.from(`${event.slice(0, -1)},"attachment":${JSON.stringify(attachment)}}`);
}

/** Digits without a pattern, always the same. */
function digits(bytes: number): string {
  let text = "";
  for (let n = 0; text.length < bytes; n += 1) text += `${(n * 2_654_435_761) % 4_294_967_296},`;
  return text.slice(0, bytes);
}

async function storedIn(body: Buffer) {
  const id = eventIdIn(await send("stripe", body));
  const [row] = await desk.sql`
    select octet_length(raw_body) as raw, octet_length(dense_body) as dense,
      pg_column_size(coalesce(raw_body, dense_body)) as size
    from event_bodies where event_id = ${id}`;
  return { id, ...(row as unknown as { raw: number | null; dense: number | null; size: number }) };
}

describe("One webhook of 10 MiB was answered 503 each time on a busy machine", () => {
  test("what does not get smaller is stored as it is, without an attempt to compress it", async () => {
    const body = eventWith(digits(2_000_000));
    const { id, ...stored } = await storedIn(body);
    // The size says that the column is not compressed: its storage is in no schema comparison.
    expect(stored).toEqual({ raw: null, dense: body.length, size: body.length });
    expect((await storedBody(desk.sql, id)).equals(body)).toBe(true);
    const [kept] = await desk.sql`
      select body_sha256 = sha256(public.body_of(id)) as is_same, body_size from events where id = ${id}`;
    expect(kept).toEqual({ is_same: true, body_size: body.length });
  });

  test("what does is compressed, as before", async () => {
    const items = Array.from({ length: 20_000 }, (_, n) => `{"object":"line_item","amount":${n},"currency":"usd"}`);
    const body = eventWith(`[${items}]`);
    const { id, ...stored } = await storedIn(body);
    expect(stored).toMatchObject({ raw: body.length, dense: null });
    expect(stored.size).toBeLessThan(body.length / 2);
    expect((await storedBody(desk.sql, id)).equals(body)).toBe(true);
  });

  test("it is sent again and again as one event, and a privacy request finds its bytes", async () => {
    const body = eventWith(digits(100_000));
    const { id } = await storedIn(body);
    expect(eventIdIn(await send("stripe", body))).toBe(id);
    await desk.sql`update events set organisation_id = 'dense.myshopify.com' where id = ${id}`;
    await desk.sql`select public.redact_events(array[${id}]::bigint[])`;
    const [row] = await desk.sql`select raw_body, dense_body from event_bodies where event_id = ${id}`;
    expect(row?.dense_body).toBeNull();
    expect(row?.raw_body.length).toBeLessThan(1_000);
  });
});
