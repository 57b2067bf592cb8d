/** What the history, the counts and replays mean by "at this destination". */

import { afterAll, beforeAll, expect, test } from "vitest";
import { createAndStartReplay } from "@/lib/commands/replays";
import { eventFilterSchema } from "@/lib/contract/event-filter";
import { listEvents } from "@/lib/queries/events";
import { listReplayItems } from "@/lib/queries/replays";
import { EVERYTHING } from "@/lib/scope";
import { ada } from "../support/actor";
import { type Desk, openDesk, workUntilIdle } from "../support/desk";
import { addDestination, type Endpoint, publish, startEndpoint } from "../support/endpoint";

let desk: Desk;
let well: Endpoint;
let ill: Endpoint;
let ids: { well: string; ill: string };

beforeAll(async () => {
  desk = await openDesk();
  [well, ill] = await Promise.all([startEndpoint(), startEndpoint()]);
  // 422 is never retried; the second event is rejected.
  ill.answer(({ n }) => (n === 1 ? 422 : 200));
  ids = {
    well: `ds_${await addDestination(desk.sql, "things", well.url)}`,
    ill: `ds_${await addDestination(desk.sql, "also-things", ill.url)}`,
  };
  await desk.sql`update destinations set providers = '{things}' where slug = 'also-things'`;
  await publish(desk.sql, "things", 3);
  await workUntilIdle();
});
afterAll(async () => {
  await desk.close();
  await Promise.all([well.close(), ill.close()]);
});

const keysOf = async (filter: Record<string, string>) =>
  (await listEvents(eventFilterSchema.parse(filter), { limit: 10 }, EVERYTHING)).events
    .map((event) => event.event_key)
    .sort();

test("a destination matches the events that go there; with a delivery status, those it has there", async () => {
  expect(await keysOf({ destination: ids.ill })).toEqual(["things-0", "things-1", "things-2"]);
  expect(await keysOf({ destination: ids.ill, delivery_status: "dead" })).toEqual(["things-1"]);
  expect(await keysOf({ destination: ids.well, delivery_status: "dead" })).toEqual([]);
  expect(await keysOf({ delivery_status: "dead,held" })).toEqual(["things-1"]);
  expect(await keysOf({ destination: "ds_999999" })).toEqual([]);
});

test("an id that is none of ours is refused by name", () => {
  for (const destination of ["Ds 12", "ds_", "ds_1;drop", "ds_1 or true"]) {
    expect(eventFilterSchema.safeParse({ destination }).error?.issues[0]?.path[0]).toBe("destination");
  }
});

test("a replay of what failed at a destination delivers there, and nowhere else", async () => {
  const replay = await createAndStartReplay(
    {
      kind: "query",
      selection: { filter: { destination: [ids.ill], delivery_status: ["dead"] } },
      options: { skipAlreadyApplied: false },
      reason: "the endpoint is repaired",
    },
    ada,
  );
  expect(replay).toMatchObject({ matched: 1, total: 1 });
  ill.answer(200);
  well.arrivals.length = 0;
  await workUntilIdle();
  const [item] = await listReplayItems(replay.id, { limit: 10 }, EVERYTHING);
  expect(item).toMatchObject({ outcome: "delivered" });
  expect(ill.arrivals.at(-1)).toMatchObject({ status: 200, body: { n: 1 } });
  expect(well.arrivals).toEqual([]);
});
