/** The plan settings of each SQL function that the server calls. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seedDeadForwards } from "../support/backlog";
import { storeBodies } from "../support/bodies";
import { type Desk, openDesk } from "../support/desk";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

test("no function that the server calls lets Postgres compile its plans, on whatever way it is called", async () => {
  const called = new Set(["lib", "app"].flatMap(sources).flatMap(functionsCalledIn));
  expect(called.size).toBeGreaterThan(50);
  const rows = await desk.sql`
    select p.proname as name, p.proconfig as settings from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.proname in ${desk.sql([...called])}`;
  expect(new Set(rows.map((row) => row.name))).toEqual(called);
  expect(rows.filter((row) => !row.settings?.includes("jit=off")).map((row) => row.name)).toEqual([]);
});

/** The blocks that each step of a Chatwoot message's journey reads, all on one connection, as a worker keeps its plans. */
function startJourneys() {
  const one = postgres(process.env.DATABASE_URL as string, { max: 1, max_lifetime: null, onnotice: () => {} });
  const blocksOf = async (call: string, argument: unknown) => {
    const explain = `explain (analyze, buffers, format json) select public.${call}`;
    const [row] = await one.unsafe(explain, [JSON.stringify(argument)]);
    const plan = row?.["QUERY PLAN"][0].Plan;
    return Number(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]);
  };
  const journey = async (key: string) => {
    const event = {
      ...{ n: 0, provider: "chatwoot", event_key: key, event_type: "message_created", trust: "signed", path: "/" },
      ...{ parse_status: "ok", body: btoa(key), fingerprint: "00", method: "POST", headers: [], unsigned_key: true },
    };
    const accepted = await blocksOf("accept_events(($1::text)::jsonb)", [event]);
    const claimed = await blocksOf("claim_deliveries($1::text, 10, 30)", "plans");
    const open = await one`select delivery_id, fence, true as delivered, 5 as duration_ms, '[]'::jsonb as changes
      from attempts where status = 'open'`;
    expect(open.length).toBeGreaterThan(0);
    return { accepted, claimed, recorded: await blocksOf("record_attempts(($1::text)::jsonb)", open) };
  };
  return { journey, end: () => one.end({ timeout: 2 }) };
}

const STEPS = ["accepted", "claimed", "recorded"] as const;

test("no step of the journey reads what is finished, though its plan was made while there was nothing", async () => {
  const { journey, end } = startJourneys();
  try {
    for (let n = 0; n < 8; n += 1) await journey(`early ${n}`);
    const empty = await journey("empty");
    await seedDeadForwards(desk.sql, 3_000);
    // An analysis in the meantime invalidates each plan once.
    await journey("after");
    const full = await journey("full");
    // Until vacuum, dead rows leave some 200 entries in the index of due deliveries. A scan would read thousands.
    for (const step of STEPS) {
      expect(full[step], `blocks: ${JSON.stringify({ empty, full })}`).toBeLessThan(empty[step] + 1_000);
    }
  } finally {
    await end();
  }
});

test("no step of the journey reads a backlog of 45,000, with the statistics of a database that had none, and with its own", async () => {
  await desk.sql`truncate event_keys, events, deliveries, attempts cascade`;
  await desk.sql`analyze`;
  const early = startJourneys();
  const late = startJourneys();
  try {
    for (let n = 0; n < 8; n += 1) await early.journey(`before ${n}`);
    // Ten at a time, as with the backlog.
    await seedBacklog(40);
    const few = await early.journey("few");
    await seedBacklog(45_000);
    const stale = await early.journey("stale");
    await desk.sql`analyze`;
    const analysed = await early.journey("analysed");
    // The first of a connection reads the catalogue, too.
    await late.journey("first");
    const fresh = await late.journey("fresh");
    const seen = JSON.stringify({ few, stale, analysed, fresh });
    // The backlog lies in 5,000 blocks and more.
    for (const step of STEPS) {
      for (const many of [stale, analysed, fresh]) expect(many[step], seen).toBeLessThan(few[step] + 1_500);
    }
  } finally {
    await early.end();
    await late.end();
  }
});

/** Messages whose forward is due. */
async function seedBacklog(count: number): Promise<void> {
  await desk.sql`
    with stored as (
      insert into events (provider, event_key, event_type, trust, parse_status, body_size, body_sha256,
        fingerprint, method, path, headers)
      select 'chatwoot', 'backlog ' || ${count} || ' ' || n, 'message_created', 'signed', 'ok', 2,
        '', '', 'POST', '/', '[]'
      from generate_series(1, ${count}::int) n
      returning id
    )
    insert into deliveries (event_id, destination_id)
    select s.id, t.id from stored s, destinations t where t.slug = 'agent-sdk'`;
  await storeBodies(desk.sql, "{}");
}

function sources(directory: string): string[] {
  const files = readdirSync(directory, { recursive: true, encoding: "utf8" });
  return files.filter((file) => /\.tsx?$/.test(file)).map((file) => readFileSync(path.join(directory, file), "utf8"));
}

/** The names in `call("lane", "name", …)`. */
function functionsCalledIn(source: string): string[] {
  return [...source.matchAll(/\bcall\(\s*"\w+",\s*"(\w+)"/g)].map((match) => match[1] as string);
}
