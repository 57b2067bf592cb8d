/** What changed since a cursor: no change is lost or reported twice, even when transactions overlap. */
import type postgres from "postgres";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { resolveEvents } from "@/lib/commands/resolve";
import type { Topic } from "@/lib/contract/live";
import { searchTerms } from "@/lib/contract/search-terms";
import { chatwootEvent } from "@/lib/providers/chatwoot/sample";
import { changesSince, type News, watchChanges, watching } from "@/lib/queries/live";
import { searchEverything } from "@/lib/queries/search";
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
  await desk.sql`truncate event_keys, events, deliveries, attempts, replays, replay_items, statistics, destination_health, destination_statistics, staff_actions cascade`;
});

const now = async () => (await changesSince(null, EVERYTHING)).cursor;
const arrive = async () => eventIdIn(await send("chatwoot", chatwootEvent(), { id: nextUuid() }));

/** Asks once; returns what changed and the cursor for the next call. */
async function look(cursor: string) {
  const news = await changesSince(cursor, EVERYTHING);
  return { ...news.change, reset: news.change === null, cursor: news.cursor };
}

describe("changes", () => {
  test("an event is told when it arrives, when it is delivered, and then no more", async () => {
    const start = await now();
    const id = `we_${await arrive()}`;
    const arrived = await look(start);
    expect(arrived).toMatchObject({ topics: ["events"], event_ids: [id], replay_ids: [] });

    await workUntilIdle();
    const delivered = await look(arrived.cursor);
    expect(delivered).toMatchObject({ topics: ["events", "destinations"], event_ids: [id] });
    expect(await look(delivered.cursor)).toMatchObject({ topics: [], event_ids: [] });
    // A client that was away gets both at once.
    expect(await look(start)).toMatchObject({ topics: ["events", "destinations"], event_ids: [id] });
  });

  test("what dies and what a person resolves changes the dead letters", async () => {
    agent.setMode("422");
    const start = await now();
    const id = await arrive();
    await workUntilIdle();
    const dead = await look(start);
    expect(dead.topics).toEqual(expect.arrayContaining<Topic>(["events", "dead_letters", "destinations"]));
    await resolveEvents({ ids: [id], reason: "a test" }, ada);
    expect((await look(dead.cursor)).topics).toEqual(["events", "dead_letters", "audit"]);
  });

  test("an alert that fires or resolves is told to who may see it, and an evaluation in which nothing changes is not", async () => {
    await desk.sql`truncate alert_rules, heartbeats cascade`;
    const [rule] = await desk.sql`
      insert into alert_rules (kind, name, provider, organisation_id, settings, severity, hold_seconds)
      values ('dead_letters', 'Dead letters', 'stripe', 'acme', '{"threshold": 5, "window_minutes": 60}', 'P2', 0)
      returning id::int`;
    const evaluate = async () => {
      await desk.sql`update alert_series set evaluate_after = now_()`;
      await desk.sql`select evaluate_alerts(100)`;
    };
    const by = async (organisations: string[] | null, cursor: string) =>
      (await changesSince(cursor, organisations ? { organisations } : EVERYTHING)).change?.topics;
    await evaluate();
    const start = await now();
    await evaluate();
    expect(await by(null, start)).toEqual([]);
    await desk.sql`select add_statistics('[{"provider": "stripe", "event_type": "a", "outcome": "dead", "count": 9,
      "organisation_id": "acme"}]')`;
    await evaluate();
    expect(await desk.sql`select from alerts where rule_id = ${rule?.id}`).toHaveLength(1);
    expect(await by(null, start)).toContain("alerts");
    expect(await by(["acme"], start)).toContain("alerts");
    expect(await by(["zebra"], start)).not.toContain("alerts");
    const fired = await now();
    await evaluate();
    expect(await by(null, fired)).not.toContain("alerts");
    await desk.sql`truncate statistics, statistics_hours`;
    await evaluate();
    expect(await by(["acme"], fired)).toContain("alerts");
  });

  test("an alert and a rule are found by their ids, by who may see them", async () => {
    await desk.sql`truncate alert_rules cascade`;
    const [rule] = await desk.sql`
      insert into alert_rules (kind, name, organisation_id, settings, severity)
      values ('dead_letters', 'Letters', 'acme', '{}', 'P2') returning id::int`;
    const [alert] = await desk.sql`
      insert into alerts (rule_id, kind, severity, organisation_id, summary, explain)
      values (${rule?.id}, 'dead_letters', 'P2', 'acme', '9 dead letters.', '{}') returning id::int`;
    const [ar, al] = [`ar_${rule?.id}`, `al_${alert?.id}`];
    for (const query of [al, `https://desk.example/alerts/${al}`]) {
      expect((await searchEverything(query, EVERYTHING)).alerts, query).toMatchObject([
        { id: al, summary: "9 dead letters.", severity: "P2", resolved_at: null },
      ]);
    }
    expect(await searchEverything(ar, EVERYTHING)).toMatchObject({
      alerts: [],
      alert_rules: [{ id: ar, name: "Letters" }],
    });
    for (const query of [al, ar]) {
      expect(await searchEverything(query, { organisations: ["zebra"] })).toMatchObject({
        alerts: [],
        alert_rules: [],
      });
    }
    expect((await searchEverything(String(alert?.id), EVERYTHING)).alerts, "a number alone is no alert").toEqual([]);
  });

  test("a transaction that began before a look and ends after later ones is not lost", async () => {
    const id = await arrive();
    await workUntilIdle();
    let cursor = await now();
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let slow: Promise<unknown> = Promise.resolve();
    await new Promise<void>((begun) => {
      slow = desk.sql.begin(async (sql) => {
        await sql`update attempts set duration_ms = duration_ms + 1
          where delivery_id in (select d.id from deliveries d where d.event_id = ${id})`;
        begun();
        await released;
      });
    });

    const later = `we_${await arrive()}`;
    for (let looks = 0; looks < 2; looks += 1) {
      const seen = await look(cursor);
      expect(seen.event_ids).toEqual(looks === 0 ? [later] : []);
      cursor = seen.cursor;
    }
    release();
    await slow;
    const seen = await look(cursor);
    expect(seen.event_ids).toEqual([`we_${id}`]);
    expect((await look(seen.cursor)).topics).toEqual([]);
  });

  test("what was rolled back never happened", async () => {
    const id = await arrive();
    const cursor = await now();
    await desk.sql
      .begin(async (sql) => {
        await sql`update events set duplicate_count = 7 where id = ${id}`;
        throw new Error("back");
      })
      .catch(() => {});
    expect((await look(cursor)).topics).toEqual([]);
  });

  test("two who watch are told the same by one look", async () => {
    const heard: News[][] = [[], []];
    const both = new Promise<void>((resolve) => {
      for (const mine of heard) {
        void watchChanges(EVERYTHING, (news) => {
          mine.push(news);
          if (heard.every((one) => one.length > 0)) resolve();
        }).then((stop) => stops.push(stop));
      }
    });
    const stops: (() => void)[] = [];
    await changesSince(null, EVERYTHING);
    while (stops.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    const id = await arrive();
    await both;
    expect(heard[0]?.[0]?.change?.event_ids).toEqual([`we_${id}`]);
    expect(heard[0]?.[0]).toBe(heard[1]?.[0]);
    for (const stop of stops) stop();
    expect(watching()).toBe(0);
  });

  test("more than a hundred are any of them", async () => {
    const cursor = await now();
    await Promise.all(Array.from({ length: 101 }, arrive));
    expect(await look(cursor)).toMatchObject({ topics: ["events"], event_ids: null });
  });

  test.each([
    ["an old one", () => `${Date.now() - 11 * 60_000}~1:1:`],
    ["one of another database", () => `${Date.now()}~99999999:99999999:`],
    ["words", () => "yesterday"],
    ["half of one", () => `${Date.now()}~12:`],
    ["one that contradicts itself", () => `${Date.now()}~9:3:`],
  ])("a cursor that says nothing, %s, says so", async (_, cursor) => {
    const { reset, cursor: next } = await look(cursor());
    expect(reset).toBe(true);
    expect(await look(next)).toMatchObject({ reset: false, topics: [] });
  });

  test("neither a look nor a search reads more when there is more", async () => {
    await desk.sql`insert into events (provider, event_key, event_type, trust, parse_status, body_size,
        body_sha256, fingerprint, method, path, headers, request_id, organisation_id)
      select 'stripe', 'evt_' || n, 'a', 'signed', 'ok', 600, 'x', 'x', 'POST', '/', '[]',
        'request-' || n, 'org_' || (n % 50)
      from generate_series(1, 30000) n`;
    await desk.sql`vacuum analyze events`;
    const cursor = await now();
    await arrive();
    const pages = async (statement: string) => {
      const [row] = await desk.sql.unsafe(`explain (analyze, buffers, format json) ${statement}`);
      const { Plan } = (row as postgres.Row)["QUERY PLAN"][0];
      return Plan["Shared Hit Blocks"] + Plan["Shared Read Blocks"];
    };
    const searches = ["evt_", "evt_29999", "request-17", "org_4", "12", "nothing like it"];
    for (const statement of [
      `select changes_since(null, '${cursor}')`,
      ...searches.map((query) => `select search_everything('${query}', '{${searchTerms([query])}}', 8, null)`),
    ]) {
      // The first call also loads the functions themselves.
      await pages(statement);
      expect(await pages(statement), statement).toBeLessThan(1000);
    }
  });
});

describe("search", () => {
  test("finds an event by key, by how its key begins, by id and by request id; an organisation; a destination", async () => {
    const id = await arrive();
    const [event] = await desk.sql`update events set organisation_id = 'org_merchant123' where id = ${id}
      returning event_key, request_id`;
    const { event_key: key, request_id } = event as unknown as { event_key: string; request_id: string };
    for (const query of [key, key.slice(0, 12), `we_${id}`, String(id), request_id]) {
      expect((await searchEverything(query, EVERYTHING)).events.map((found) => found.id)).toContain(`we_${id}`);
    }
    expect((await searchEverything(key, EVERYTHING)).events[0]).toMatchObject({
      event_key: key,
      provider_slug: "chatwoot",
    });
    expect((await searchEverything("org_mer", EVERYTHING)).organisations).toEqual(["org_merchant123"]);
    expect((await searchEverything("AGENT", EVERYTHING)).destinations.map(({ slug }) => slug)).toContain("agent-sdk");
    for (const nothing of ["%", "_", "'; drop table events", "\\", "we_999999999999999999", "🦉"]) {
      expect((await searchEverything(nothing, EVERYTHING)).events).toEqual([]);
    }
  });

  test("finds a replay by id and by its reason, drafts never", async () => {
    await desk.sql`insert into replays (id, kind, status, reason, actor, actor_id, options, selection)
      overriding system value values
        (41, 'query', 'queued', 'Agent SDK was down on Monday', 'Ada', 'a', '{}', '{}'),
        (42, 'query', 'draft', 'Agent SDK was down on Monday', 'Ada', 'a', '{}', '{}')`;
    for (const query of ["wr_41", "br_41", "41", "DOWN ON monday"]) {
      expect((await searchEverything(query, EVERYTHING)).replays.map(({ id }) => id)).toEqual(["wr_41"]);
    }
  });
});
