/** Mitto's reports on a real Postgres: their organisation, and that a final status is kept. */
import { createHash } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { mittoDlr } from "@/lib/providers/mitto/sample";
import { type Desk, eventIdIn, openDesk, send, workUntilIdle } from "../support/desk";

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

  test("does not take another shop's reports", async () => {
    const { Id, status, ...rest } = mittoDlr({ id: "m8", reference: "birch:9" });
    const id = eventIdIn(await send("mitto", { ...rest, message: Id, state: status }, { secret }));
    await workUntilIdle();
    expect(await desk.sql`select status, organisation_id, last_error from events where id = ${id}`).toEqual([
      {
        status: "dead",
        organisation_id: "alder",
        last_error: "reference: names the shop birch, but came in as alder's",
      },
    ]);
    expect(await desk.sql`select from sms_recipients`).toHaveLength(0);
  });
});
