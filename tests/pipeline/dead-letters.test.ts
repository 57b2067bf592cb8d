/** Dead letters by cause, and that a replay of one group touches nothing else. */

import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createAndStartReplay, createReplay } from "@/lib/commands/replays";
import { resolveEvents } from "@/lib/commands/resolve";
import { filterOfGroup } from "@/lib/contract/dead-letters";
import type { EventFilter } from "@/lib/contract/event-filter";
import { chatwootEvent } from "@/lib/providers/chatwoot/sample";
import { listDeadLetterGroups, readNavCounts } from "@/lib/queries/dead-letters";
import { countEvents, listEvents } from "@/lib/queries/events";
import { getReplay, listReplayItems } from "@/lib/queries/replays";
import { nextUuid } from "@/lib/samples/ids";
import { EVERYTHING } from "@/lib/scope";
import { ada } from "../support/actor";
import { type Desk, eventIdIn, openDesk, send, workUntilIdle } from "../support/desk";
import { type AgentSdk, startAgentSdk } from "../tools/agent-sdk";

let desk: Desk;
let agent: AgentSdk;

beforeAll(async () => {
  agent = await startAgentSdk({ port: 0 });
  desk = await openDesk({ AGENT_SDK_URL: agent.url, CHATWOOT_WEBHOOK_MAX_ATTEMPTS: "1" });
});
afterAll(async () => {
  await desk.close();
  await agent.close();
});
afterEach(async () => {
  agent.setMode("ok");
  agent.received.length = 0;
  await desk.sql`truncate event_keys, events, deliveries, attempts, replays, replay_items, statistics, destination_health, destination_statistics cascade`;
  await desk.sql`delete from destinations where slug = 'second'`;
});

/** Chatwoot events whose only attempt fails in this way. */
async function deadMessages(count: number, mode: "503" | "422"): Promise<number[]> {
  agent.setMode(mode);
  const ids: number[] = [];
  for (let n = 0; n < count; n += 1) ids.push(eventIdIn(await send("chatwoot", chatwootEvent(), { id: nextUuid() })));
  await workUntilIdle();
  agent.setMode("ok");
  agent.received.length = 0;
  // Its circuit stays closed, so that failures made on purpose do not hold the next ones.
  await desk.sql`truncate destination_health, destination_statistics`;
  return ids;
}

/** A second destination like the Agent SDK: every message goes to both. */
const secondDestination = () => desk.sql`
  insert into destinations (slug, name, kind, providers, url, max_attempts)
  select 'second', 'Second', kind, providers, url, max_attempts from destinations where slug = 'agent-sdk'`;

const normalised = async (message: string) =>
  (await desk.sql`select normalise_error(${message}) as text`)[0]?.text as string;

describe("a normalised message", () => {
  test.each([
    ["127.0.0.1:4111 answered 503 Service Unavailable.", "# answered # Service Unavailable."],
    ["No row for evt_1NabCD and 0a1b2c3d-1111-4222-8333-444455556666.", "No row for # and #."],
    ["digest deadbeefcafe of 0x1f and 12.5 s", "digest # of # and # s"],
    ['invalid input syntax for type integer: "abc"', "invalid input syntax for type integer: …"],
    ["Field 'plan' is “gold” or `silver`", "Field … is … or …"],
    ["It isn't there, it's gone", "It isn't there, it's gone"],
    [
      'null value in column "email" of relation "businesses" violates not-null constraint',
      "null value in column email of relation businesses violates not-null constraint",
    ],
    ["two  lines\n of   text", "two lines of text"],
  ])("of %s", async (message, expected) => {
    expect(await normalised(message)).toBe(expected);
  });

  test("has a stable name, apart for class and status", async () => {
    const name = async (errorClass: string, status: number | null, message: string) =>
      (await desk.sql`select error_group_of(${errorClass}::error_class, ${status}, ${message}) as name`)[0]?.name;
    const one = await name("http_5xx", 503, "a.example answered 503 for evt_1");
    expect(one).toMatch(/^[0-9a-f]{16}$/);
    expect(await name("http_5xx", 503, "a.example answered 503 for evt_22")).toBe(one);
    expect(await name("http_5xx", 502, "a.example answered 503 for evt_1")).not.toBe(one);
    expect(await name("timeout", 503, "a.example answered 503 for evt_1")).not.toBe(one);
    expect(await name("timeout", null, "a.example answered 503 for evt_1")).not.toBe(one);
  });
});

describe("dead letters", () => {
  test("are grouped by destination, class, status and message, biggest first", async () => {
    const refused = await deadMessages(2, "422");
    const down = await deadMessages(3, "503");
    const { groups, total } = await listDeadLetterGroups(EVERYTHING);
    expect(total).toEqual({ groups: 2, deliveries: 5, events: 5 });
    expect(groups.map(({ error_class, http_status, count }) => [error_class, http_status, count])).toEqual([
      ["http_5xx", 503, 3],
      ["http_422", 422, 2],
    ]);
    expect(groups[0]).toMatchObject({
      destination: { slug: "agent-sdk", name: "Agent SDK", kind: "http" },
      message: "# answered # Service Unavailable.",
      providers: ["chatwoot"],
      event_types: ["message_created"],
      sample: { id: `we_${down.at(-1)}`, error: expect.stringContaining("answered 503") },
    });
    expect(groups[0]?.hours).toHaveLength(24);
    expect(groups[0]?.hours.reduce((sum, hour) => sum + hour)).toBe(3);
    expect(groups[1]?.sample.id).toBe(`we_${refused.at(-1)}`);
    expect(await readNavCounts(EVERYTHING)).toMatchObject({ dead_letters: 5, running_replays: 0 });
  });

  test("say when they died: first, last, and by the hour of the clock", async () => {
    const [old, late] = await deadMessages(2, "503");
    await desk.sql`update deliveries set finished_at = now() - interval '3 days' where event_id = ${old as number}`;
    await desk.sql`
      update deliveries set finished_at = date_trunc('hour', now()) - interval '90 minutes' where event_id = ${late as number}`;
    const [group] = (await listDeadLetterGroups(EVERYTHING)).groups;
    expect(group?.hours).toEqual([...Array(21).fill(0), 1, 0, 0]);
    expect(Date.parse(group?.last_at ?? "") - Date.parse(group?.first_at ?? "")).toBeGreaterThan(69 * 3_600_000);
  });

  test("leave their group when they are resolved, and are none", async () => {
    const [first] = await deadMessages(2, "503");
    await resolveEvents({ ids: [first as number], reason: "by hand" }, ada);
    expect((await listDeadLetterGroups(EVERYTHING)).groups).toMatchObject([{ count: 1 }]);
    const rest = await desk.sql`select id::int from events where status = 'dead'`;
    await resolveEvents({ ids: rest.map(({ id }) => id), reason: "by hand" }, ada);
    expect(await listDeadLetterGroups(EVERYTHING)).toEqual({
      groups: [],
      total: { groups: 0, deliveries: 0, events: 0 },
    });
  });
});

describe("a replay of one group", () => {
  test("runs its deliveries and no others, not even others of the same events", async () => {
    await secondDestination();
    agent.setMode("503");
    const both = eventIdIn(await send("chatwoot", chatwootEvent(), { id: nextUuid() }));
    await workUntilIdle();
    // Dead at both destinations, for different reasons.
    await desk.sql`
      update deliveries set last_error_class = 'http_422', last_http_status = 422, last_error = 'Second answered 422.'
      where destination_id = (select id from destinations where slug = 'second')`;
    await deadMessages(1, "422");
    const { groups } = await listDeadLetterGroups(EVERYTHING);
    expect(groups).toHaveLength(4);
    const group = groups.find(
      ({ http_status, destination }) => http_status === 503 && destination.slug === "agent-sdk",
    );
    if (!group) throw new Error("There is no group of 503s.");

    const filter = filterOfGroup(group);
    expect((await listEvents(filter, { limit: 10 }, EVERYTHING)).events.map(({ id }) => id)).toEqual([`we_${both}`]);
    expect(await countEvents(filter, EVERYTHING)).toBe(1);
    const asked = {
      kind: "criteria",
      selection: { filter },
      reason: "it is back",
    } as const;
    const draft = await createReplay(asked, ada);
    expect(await listReplayItems(draft.id, { limit: 10 }, EVERYTHING)).toMatchObject([
      { event_id: `we_${both}`, destination: "Agent SDK" },
    ]);
    agent.setMode("ok");
    const replay = await createAndStartReplay(asked, ada);
    await workUntilIdle();
    expect(await getReplay(replay.id, EVERYTHING)).toMatchObject({ status: "completed", total: 1, succeeded: 1 });
    expect(agent.received).toHaveLength(1);
    expect((await listDeadLetterGroups(EVERYTHING)).groups.map(({ error_group }) => error_group).sort()).toEqual(
      groups
        .filter((one) => one !== group)
        .map(({ error_group }) => error_group)
        .sort(),
    );
  });
});

describe("the history is filtered", () => {
  const found = async (filter: EventFilter) =>
    (await listEvents(filter, { limit: 50 }, EVERYTHING)).events
      .map(({ id }) => Number(id.slice(3)))
      .sort((a, b) => a - b);

  test("by what its deliveries met, one delivery meeting all of it", async () => {
    await secondDestination();
    const down = await deadMessages(1, "503");
    const refused = await deadMessages(1, "422");
    const both = [...down, ...refused];
    // The second destination's answer differs from the first's.
    await desk.sql`
      update deliveries set last_http_status = 404 where event_id = ${refused[0] as number}
        and destination_id = (select id from destinations where slug = 'second')`;
    const [second] = await desk.sql`select id::int from destinations where slug = 'second'`;
    expect(await found({ http_status: ["503"] })).toEqual(down);
    expect(await found({ http_status: ["5xx"] })).toEqual(down);
    expect(await found({ http_status: ["4xx"] })).toEqual(refused);
    expect(await found({ http_status: ["4xx", "503"] })).toEqual(both);
    expect(await found({ destination: ["second"] })).toEqual(both);
    expect(await found({ destination: [`ds_${second?.id}`] })).toEqual(both);
    expect(await found({ destination: ["second"], http_status: ["404"] })).toEqual(refused);
    expect(await found({ destination: ["agent-sdk"], http_status: ["404"] })).toEqual([]);
    expect(await found({ destination: ["nowhere"] })).toEqual([]);
    expect(await found({ delivery_status: ["dead"] })).toEqual(both);
    expect(await found({ delivery_status: ["delivered"] })).toEqual([]);
  });

  test("by attempts, trust, replays and the text of the payload", async () => {
    const [dead] = await deadMessages(1, "503");
    const fine = eventIdIn(
      await send("chatwoot", { ...chatwootEvent(), content: "Grüße aus 100%_Köln" }, { id: nextUuid() }),
    );
    await workUntilIdle();
    await desk.sql`update events set attempt_count = 5, replay_count = 1 where id = ${dead as number}`;
    expect(await found({ attempts: 5 })).toEqual([dead]);
    expect(await found({ attempts: 6 })).toEqual([]);
    expect(await found({ replayed: "1" })).toEqual([dead]);
    expect(await found({ replayed: "0" })).toEqual([fine]);
    expect(await found({ trust: ["signed"] })).toEqual([dead, fine]);
    expect(await found({ trust: ["unsigned", "token"] })).toEqual([]);
    expect(await found({ text: "grüße aus 100%_köln" })).toEqual([fine]);
    expect(await found({ text: "100_" })).toEqual([]);
    expect(await found({ text: "' or true --" })).toEqual([]);
  });

  test("a search in payloads that takes too long is given up, and says what to do", async () => {
    await desk.sql.begin(async (busy) => {
      await busy`lock table events in access exclusive mode`;
      await expect(listEvents({ text: "anything" }, { limit: 50 }, EVERYTHING)).rejects.toMatchObject({
        code: "search_too_wide",
        data: { field: "text" },
      });
    });
  });
});
