/** Mitto's reports on a real Postgres: their organisation, and that a final status is kept. */
import { createHash } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { mittoDlr } from "@/lib/providers/mitto/sample";
import { type Desk, openDesk, send, workUntilIdle } from "../support/desk";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());
afterEach(() => desk.sql`truncate event_keys, events, deliveries, attempts, sms_recipients cascade`);

const reports = async (...statuses: string[]) => {
  for (const status of statuses) {
    expect((await send("mitto", mittoDlr({ id: "m1", status, errorCode: null }))).status).toBe(200);
    await workUntilIdle();
  }
  return (await desk.sql`select status from sms_recipients`)[0]?.status;
};

describe("a recipient", () => {
  test.each([
    [["BUFFERED", "SENT", "DELIVERED"], "delivered"],
    [["DELIVERED", "SENT", "BUFFERED"], "delivered"],
    [["Delivered", "UNDELIVERED"], "delivered"],
    [["EXPIRED", "SENT", "pending"], "expired"],
    [["UNDELIVERED", "DELIVERED"], "delivered"],
    [["SENT", "PARKED"], "parked"],
    [["PARKED", "FAILED", "SENT"], "failed"],
  ])("after %j is %s", async (statuses, status) => {
    expect(await reports(...statuses)).toBe(status);
  });

  test("belongs to its shop: a report of another shop does not reach it", async () => {
    await reports("SENT");
    await send("mitto", mittoDlr({ id: "m1", status: "FAILED", reference: "birch:1" }));
    await workUntilIdle();
    expect(await desk.sql`select organisation_id, status from sms_recipients order by 1`).toEqual([
      { organisation_id: "alder", status: "sent" },
      { organisation_id: "birch", status: "failed" },
    ]);
  });

  test("comes out of an array, one event each", async () => {
    const [first, second] = [mittoDlr({ id: "a1" }), mittoDlr({ id: "a2", status: "SENT" })].map((d) =>
      JSON.stringify(d),
    );
    await send("mitto", Buffer.from(`[ ${first} ,\n${second}]`));
    await workUntilIdle();
    expect(await desk.sql`select convert_from(raw_body, 'UTF8') as body from event_bodies order by event_id`).toEqual([
      { body: first },
      { body: second },
    ]);
    expect(await desk.sql`select message_id, status from sms_recipients order by 1`).toEqual([
      { message_id: "a1", status: "delivered" },
      { message_id: "a2", status: "sent" },
    ]);
  });
});

describe("a source of one shop", () => {
  const secret = "a-url-token-of-alders-own";
  beforeAll(async () => {
    await desk.sql`
      insert into sources (provider, name, organisation_id, token_hash, token_hint, settings)
      values ('mitto', 'Alder', 'alder', ${createHash("sha256").update(secret).digest()}, ${secret.slice(-4)},
        ${desk.sql.json({ id_field: "message", status_field: "state" })})`;
  });

  test("has its own names for the fields", async () => {
    const { Id, status, ...rest } = mittoDlr({ id: "m7", status: "SENT" });
    await send("mitto", { ...rest, message: Id, state: status }, { secret });
    await workUntilIdle();
    expect(await desk.sql`select organisation_id, message_id, status from sms_recipients`).toEqual([
      { organisation_id: "alder", message_id: "m7", status: "sent" },
    ]);
  });

  // It used to die as another shop's. But a reference is the sender's own text, such as order:1001, and the source says
  // whose it is: what another shop's report writes here is a row of this shop.
  test("takes a reference with a colon as text, and reaches no row of another shop", async () => {
    await send("mitto", mittoDlr({ id: "m8", status: "SENT", reference: "order:1001" }));
    for (const reference of ["order:1001", "birch:9", "https://alder.example/8"]) {
      const { Id, status, ...rest } = mittoDlr({ id: `${reference.slice(0, 2)}m8`, reference });
      await send("mitto", { ...rest, message: Id, state: status }, { secret });
    }
    await workUntilIdle();
    expect(await desk.sql`select status, count(*)::int from events group by 1`).toEqual([
      { status: "processed", count: 4 },
    ]);
    expect(await desk.sql`select organisation_id, reference from sms_recipients where status = 'delivered'`).toEqual(
      ["order:1001", "birch:9", "https://alder.example/8"].map((reference) => ({
        organisation_id: "alder",
        reference,
      })),
    );
  });
});
