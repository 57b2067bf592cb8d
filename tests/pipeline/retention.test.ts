/** What is forgotten when: nothing that is needed, nothing before its time, and nothing that was not exported first. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { completeOptions } from "@/lib/contract/replay-options";
import { call } from "@/lib/db/client";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { EVERYTHING, scopeOf } from "@/lib/scope";
import { type Desk, eventIdIn, openDesk, send, workUntilIdle } from "../support/desk";
import { until } from "../support/processes";

let desk: Desk;
let exports: string;
beforeAll(async () => {
  desk = await openDesk();
  exports = mkdtempSync(path.join(os.tmpdir(), "redrive-retention-"));
});
afterAll(async () => {
  rmSync(exports, { recursive: true, force: true });
  await desk.close();
});
beforeEach(async () => {
  delete process.env.RETENTION_EXPORT_DIR;
  await desk.sql`truncate events, event_keys, deliveries, attempts, retention, forgettings, retention_turn`;
  await desk.sql`delete from replays`;
  await desk.sql`delete from findings`;
});

/** Events of so many days ago, with bytes and a delivery. Returns their ids. */
async function seed(count: number, daysAgo: number, more: { organisation?: string; status?: string } = {}) {
  const { organisation = null, status = "delivered" } = more;
  const rows = await desk.sql`
    with made as (
      insert into events (provider, event_key, event_type, trust, parse_status, body_size, body_sha256,
        fingerprint, payload, method, path, headers, received_at, organisation_id, status)
      select 'stripe', k, 'invoice.paid', 'signed', 'ok', 9, sha256('x'), sha256('x'),
        '{"id": 1}', 'POST', '/', '[["x-a", "b"]]', now_() - ${daysAgo} * interval '1 day', ${organisation}, 'processed'
      from (select 'evt_' || gen_random_uuid() as k from generate_series(1, ${count})) k
      returning id
    ),
    bytes as (
      insert into event_bodies (event_id, raw_body) select id, '{"id": 1}' from made
    ),
    deliveries as (
      insert into deliveries (event_id, destination_id, status, finished_at, attempt_count)
      select m.id, (select min(id) from destinations), ${status}::delivery_status,
        case when ${status} in ('delivered', 'dead', 'cancelled') then now_() end, 1
      from made m returning id
    ),
    tried as (
      insert into attempts (delivery_id, number, status, fence, worker, started_at, finished_at, response_body,
        response_headers, changes)
      select id, 1, 'succeeded', 1, 'w', now_() - ${daysAgo} * interval '1 day',
        now_() - ${daysAgo} * interval '1 day', 'ok', '[]', '[{"table": "x", "key": {"id": 1}, "after": {"a": 1}}]'
      from deliveries
    )
    select id::int from made order by id`;
  return rows.map(({ id }) => id as number);
}

async function keep(retentionClass: string, days: number | null, organisation: string | null = null): Promise<void> {
  await desk.sql`
    insert into retention (class, organisation_id, days, changed_by)
    values (${retentionClass}::retention_class, ${organisation}, ${days}, 'Ada')`;
}

async function forget(goOn?: () => boolean): Promise<number | null> {
  const { tendRetention } = await import("@/lib/retention/run");
  await desk.sql`update retention_turn set next_at = '-infinity'`;
  return tendRetention("test", goOn);
}

const bodies = async () =>
  (await desk.sql`select event_id::int as id from event_bodies order by 1`).map(({ id }) => id);
const events = async () => (await desk.sql`select id::int from events order by 1`).map(({ id }) => id);
const ensure = async () => (await import("@/lib/retention/partitions")).ensurePartitions();
const partitions = () =>
  desk.sql`select name, from_id::int, to_id::int from list_body_partitions() order by from_id nulls first`;

const replayOf = (ids: number[]) =>
  call("console", "create_replay", {
    p_kind: "criteria",
    p_selection: { event_ids: ids },
    p_options: completeOptions({ skipAlreadyApplied: false }, "criteria"),
    p_limits: { max_events: 100, max_age_days: 3650 },
    ...{ p_reason: "r", p_idempotency_key: null, p_actor: "Ada", p_actor_id: "a", p_request_id: "r" },
    ...scopeOf(EVERYTHING),
  });

/** The lines of all exports of a class. */
function exported(what: string): Record<string, unknown>[] {
  const files = readdirSync(exports).filter((file) => file.startsWith(`${what}-`) && file.endsWith(".jsonl.gz"));
  return files.flatMap((file) =>
    gunzipSync(readFileSync(path.join(exports, file)))
      .toString()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  );
}

describe("Bytes", () => {
  test("nothing goes before an administrator chose a horizon", async () => {
    const ids = await seed(3, 4000);
    expect(await forget()).toBe(0);
    expect(await bodies()).toEqual(ids);
  });

  test("what is past its days goes, and its event says when and why", async () => {
    const [old] = await seed(1, 91);
    const kept = await seed(2, 89);
    await keep("bodies", 90);
    expect(await forget()).toBe(1);
    expect(await bodies()).toEqual(kept);
    const event = await call("console", "get_event", { p_id: old as number, ...scopeOf(EVERYTHING) });
    expect(event).toMatchObject({ body_base64: "", body_forgotten: { days: 90, at: expect.stringMatching(/^20/) } });
    const { getEvent } = await import("@/lib/queries/events");
    const { readEventBody } = await import("@/lib/queries/event-context");
    expect(await getEvent(`we_${old}`, EVERYTHING)).toMatchObject({ body_base64: "", body_forgotten: { days: 90 } });
    await expect(readEventBody(`we_${old}`, EVERYTHING)).rejects.toMatchObject({ code: "body_forgotten" });
    expect((await getEvent(`we_${kept[0]}`, EVERYTHING))?.body_forgotten).toBeNull();
  });

  test("an organisation has its own days, shorter, longer or for ever", async () => {
    const ids: Record<string, number[]> = {};
    for (const organisation of ["short", "long", "ever", "other"])
      ids[organisation] = await seed(1, 50, { organisation });
    const [ownerless] = await seed(1, 50);
    await keep("bodies", 60);
    await keep("bodies", 10, "short");
    await keep("bodies", 40, "other");
    await keep("bodies", null, "ever");
    await keep("bodies", 100, "long");
    expect(await forget()).toBe(2);
    expect(await bodies()).toEqual([...(ids.long ?? []), ...(ids.ever ?? []), ownerless]);
    const days = await desk.sql`select body_forgotten(id) ->> 'days' as days from events order by id`;
    expect(days.map((row) => row.days)).toEqual(["10", null, null, "40", null]);
  });

  test.each(["pending", "held", "retrying", "dead"])("those of a delivery that is %s stay", async (status) => {
    const ids = await seed(2, 100, { status });
    await keep("bodies", 90);
    expect(await forget()).toBe(0);
    expect(await bodies()).toEqual(ids);
  });

  test("those of an open incident, a replay that has not ended and an open finding stay, until they end", async () => {
    const [incident, draft, finding, free] = await seed(4, 100);
    const at = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
    const [opened] = await desk.sql`
      select open_incident(${desk.sql.json({
        ...{ title: "t", cause: "c", severity: "P3", opened_by: "person", from_ts: at(101), to_ts: at(0) },
        selection: { event_ids: [incident as number] },
      })}, 100, null, 'Ada', 'a', 'r') ->> 'result' as result`;
    expect(opened?.result).toBe("opened");
    const made = await replayOf([draft as number]);
    expect(made.result).toBe("created");
    const [run] = await desk.sql`
      insert into reconciliations (provider, started_by, status, from_ts, to_ts, actor, actor_id, completed_at)
      values ('stripe', 'person', 'completed', now_() - interval '1 day', now_(), 'a', 'a', now_()) returning id`;
    await desk.sql`
      insert into findings (reconciliation_id, provider, kind, identity, event_type, occurred_at, origin, event_id)
      values (${run?.id}, 'stripe', 'drifted', 'evt_1', 'x', now_(), 'provider_api', ${finding as number})`;
    await keep("bodies", 90);
    expect(await forget()).toBe(1);
    expect(await bodies()).toEqual([incident, draft, finding]);
    expect(free).toBeGreaterThan(finding as number);
    await desk.sql`delete from replays`;
    await desk.sql`update findings set state = 'late', closed_at = now_()`;
    expect(await forget()).toBe(2);
    expect(await bodies()).toEqual([incident]);
  });

  test("a replay of what is gone is refused, and one of both skips it", async () => {
    const [old] = await seed(1, 91);
    const [kept] = await seed(1, 89);
    await keep("bodies", 90);
    await forget();
    expect(await replayOf([old as number])).toMatchObject({ result: "body_forgotten", days: 90 });
    const both = await replayOf([old as number, kept as number]);
    expect(both).toMatchObject({ result: "created", replay: { total: 2, skipped: 1 } });
    const items = await desk.sql`select skip_reason from replay_items order by event_id`;
    expect(items.map((row) => row.skip_reason)).toEqual(["body_forgotten", null]);
  });

  test("what a replay that is just being made selects does not go meanwhile, nor afterwards", async () => {
    const ids = await seed(2, 91);
    await keep("bodies", 90);
    const options = completeOptions({ skipAlreadyApplied: false }, "criteria");
    await desk.sql.begin(async (sql) => {
      const [made] = await sql`
        select create_replay('criteria', ${sql.json({ event_ids: ids })}, ${sql.json(options as never)},
          '{"max_events": 100, "max_age_days": 3650}', 'r', null, 'Ada', 'a', 'r', null) ->> 'result' as result`;
      expect(made?.result).toBe("created");
      expect(await forget()).toBe(0);
    });
    expect(await forget()).toBe(0);
    expect(await bodies()).toEqual(ids);
  });

  test("what comes again after its bytes, and even its event, are gone is still a duplicate", async () => {
    const event = stripeEvent({ type: "invoice.payment_failed" });
    const id = eventIdIn(await send("stripe", event));
    await workUntilIdle();
    await desk.sql`update events set received_at = now_() - interval '91 days'`;
    await keep("bodies", 90);
    expect(await forget()).toBe(1);
    const again = await send("stripe", event);
    expect([again.status, JSON.parse(again.body).duplicate]).toEqual([200, true]);
    expect([await events(), await bodies()]).toEqual([[id], []]);
    await keep("events", 90);
    expect(await forget()).toBe(1);
    expect(JSON.parse((await send("stripe", event)).body).duplicate).toBe(true);
    expect([await events(), await bodies()]).toEqual([[], []]);
  });
});

describe("Other classes", () => {
  test("payload and headers, then events with all that hangs on them, go only after the bytes", async () => {
    const ids = await seed(2, 100);
    await keep("readable", 30);
    await keep("events", 90);
    expect(await forget()).toBe(0);
    await keep("bodies", 95);
    await desk.sql`update retention set days = 200 where class = 'events'`;
    expect(await forget()).toBe(4);
    expect(await desk.sql`select payload, headers, terms from events`).toEqual(
      ids.map(() => ({ payload: null, headers: [], terms: null })),
    );
    await desk.sql`update retention set days = 90 where class = 'events'`;
    expect(await forget()).toBe(2);
    const [left] = await desk.sql`
      select (select count(*) from events) + (select count(*) from deliveries) + (select count(*) from attempts) as n`;
    expect(left?.n).toBe("0");
  });

  test("of an attempt, what the endpoint answered and the values of rows go; which row it was stays", async () => {
    await seed(1, 100);
    await seed(1, 10);
    await keep("answers", 90);
    expect(await forget()).toBe(1);
    expect(await forget()).toBe(0);
    const attempts = await desk.sql`select response_body, response_headers, changes from attempts order by id`;
    expect(attempts[0]).toMatchObject({ response_body: null, response_headers: null });
    expect(attempts[0]?.changes).toEqual([{ table: "x", key: { id: 1 }, before: null, after: {} }]);
    expect(attempts[1]?.response_body).not.toBeNull();
  });

  test("the audit log goes by its days alone", async () => {
    const [before] = await desk.sql`select count(*)::int as n from staff_actions`;
    await desk.sql`
      insert into staff_actions (actor, actor_id, action, subject, acted_at)
      select 'Ada', 'a', 'x', 'y', now_() - n * interval '100 days' from generate_series(1, 3) n`;
    await keep("audit", 150);
    expect(await forget()).toBe(2);
    const [after] = await desk.sql`select count(*)::int as n from staff_actions`;
    expect(after?.n).toBe(before?.n + 1);
  });
});

describe("Exports", () => {
  test("what goes is written first, byte for byte, and the log names the file", async () => {
    const ids = await seed(3, 100);
    process.env.RETENTION_EXPORT_DIR = exports;
    await keep("bodies", 90);
    await keep("answers", 90);
    await keep("events", 90);
    expect(await forget()).toBe(9);
    const lines = exported("bodies");
    expect(lines.map(({ id }) => id)).toEqual(ids);
    expect(Buffer.from(lines[0]?.body_base64 as string, "base64").toString()).toBe('{"id": 1}');
    expect(Buffer.from(exported("answers")[0]?.response_body_base64 as string, "base64").toString()).toBe("ok");
    expect(exported("events")[2]).toMatchObject({ id: ids[2], deliveries: [{ attempts: [{ number: 1 }] }] });
    expect(readdirSync(exports).filter((file) => file.endsWith(".part"))).toEqual([]);
    const logged = await desk.sql`select file from forgettings`;
    expect(logged.every(({ file }) => existsSync(path.join(exports, file)))).toBe(true);
  });

  test("when it cannot be written nothing is deleted, health says so, and it goes on by itself", async () => {
    const ids = await seed(3, 100);
    await keep("bodies", 90);
    const blocked = path.join(exports, "file");
    writeFileSync(blocked, "");
    process.env.RETENTION_EXPORT_DIR = blocked;
    expect(await forget()).toBeNull();
    expect(await bodies()).toEqual(ids);
    const { readDeepHealth } = await import("@/lib/queries/health");
    const check = async () => (await readDeepHealth()).checks.find(({ name }) => name === "retention");
    expect(await check()).toMatchObject({ status: "degraded", detail: expect.stringContaining(blocked) });
    process.env.RETENTION_EXPORT_DIR = exports;
    expect(await forget()).toBe(3);
    await ensure();
    expect((await call("health", "read_retention_health", {})).problem).toBeNull();
  });
});

describe("Errors", () => {
  test("an error that is not of the export was only logged: health says it, without what the database said", async () => {
    await seed(3, 100);
    await keep("bodies", 90);
    await desk.sql.unsafe(`
      create function refuse_deletion() returns trigger language plpgsql as
        $$ begin raise exception 'ada@example.com is in the way' using errcode = 'P0042'; end $$;
      create trigger refuse_deletion before delete on event_bodies for each row execute function refuse_deletion()`);
    try {
      expect(await forget()).toBeNull();
    } finally {
      await desk.sql.unsafe("drop function refuse_deletion cascade");
    }
    const { retention } = await import("@/lib/queries/health-checks");
    expect(retention(await call("health", "read_retention_health", {}))).toMatchObject({
      status: "degraded",
      detail: "Nothing is deleted. The database answered with error P0042.",
    });
    expect(await forget()).toBe(3);
    expect((await call("health", "read_retention_health", {})).problem).toBeNull();
  });
});

describe("Partitions that cannot be made", () => {
  beforeAll(() => desk.sql`alter function ensure_body_partitions() rename to ensure_body_partitions_later`);
  afterAll(() => desk.sql`alter function ensure_body_partitions_later() rename to ensure_body_partitions`);

  test("stopped the deletion: the worker deletes what it can", async () => {
    await seed(3, 100);
    await keep("bodies", 90);
    const worker = (await import("@/lib/retention/run")).startRetention("test");
    await until("the bytes are deleted", async () => (await bodies()).length === 0);
    await worker.stop();
  });
});

describe("Batches", () => {
  test("an end in the middle leaves whole batches and their log, and the next time goes on", async () => {
    await seed(12_000, 100);
    await keep("bodies", 90);
    let batches = 0;
    expect(await forget(() => ++batches <= 3)).toBe(10_000);
    expect(await bodies()).toHaveLength(2_000);
    expect(await desk.sql`select rows::int from forgettings`).toEqual([{ rows: 5000 }, { rows: 5000 }]);
    expect(await forget()).toBe(2_000);
  });

  test("one worker at a time: another takes over only when the turn has run out", async () => {
    await seed(1, 100);
    await keep("bodies", 90);
    await call("pipeline", "take_retention_turn", { p_worker: "other", p_seconds: 60 });
    expect(await forget()).toBeNull();
    await desk.sql`update retention_turn set until = clock_() - interval '1 second'`;
    expect(await forget()).toBe(1);
  });
});

describe("Partitions", () => {
  /** All events from here on are in the partition of the id, which is the newest. */
  async function jump(to: number): Promise<void> {
    await desk.sql`select setval(pg_get_serial_sequence('events', 'id'), ${to - 1})`;
  }
  const bounds = async () => (await partitions()).map(({ from_id, to_id }) => [from_id, to_id]);

  test("are made ahead without a gap, as the last one goes up to the end of all ids", async () => {
    await ensure();
    const made = await bounds();
    expect(made.length).toBeGreaterThanOrEqual(4);
    expect([made[0]?.[0], made.at(-1)?.[1]]).toEqual([null, null]);
    expect(made.slice(1).map(([from]) => from)).toEqual(made.slice(0, -1).map(([, to]) => to));
    await ensure();
    expect(await bounds()).toEqual(made);
    expect((await call("health", "read_retention_health", {})).ahead).toBeGreaterThanOrEqual(2);
  });

  test("a jump of the sequence, beyond all of them too, stores events, and the next time makes more", async () => {
    const before = (await bounds()).at(-1)?.[0] as number;
    await jump(before + 3_000_000);
    const far = eventIdIn(await send("stripe", stripeEvent({ type: "invoice.payment_failed" })));
    expect(far).toBeGreaterThan(before);
    await ensure();
    expect((await call("health", "read_retention_health", {})).ahead).toBeGreaterThanOrEqual(2);
    const made = await bounds();
    expect(made.slice(1).map(([from]) => from)).toEqual(made.slice(0, -1).map(([, to]) => to));
    expect(await bodies()).toEqual([far]);
    await jump((made.at(-1)?.[0] as number) + 5);
    await ensure();
    const next = eventIdIn(await send("stripe", stripeEvent({ type: "invoice.payment_failed" })));
    expect(await bodies()).toEqual([far, next]);
  });

  test("bytes with an id that the sequence knows nothing of, as after a restore, keep their place", async () => {
    const stray = ((await bounds()).at(-1)?.[0] as number) + 700_000;
    await desk.sql`insert into event_bodies (event_id, raw_body) values (${stray}, 'x')`;
    expect((await call("pipeline", "ensure_body_partitions", {})).result).toBe("made");
    expect(await bodies()).toEqual([stray]);
    expect((await call("health", "read_retention_health", {})).ahead).toBeGreaterThanOrEqual(2);
  });

  test("several processes make them at once, while events are stored, and none fails", async () => {
    const last = (await bounds()).at(-1)?.[0] as number;
    await jump(last - 10);
    const sent = Promise.all(
      Array.from({ length: 40 }, () => send("stripe", stripeEvent({ type: "invoice.payment_failed" }))),
    );
    await Promise.all([ensure(), ensure(), ensure()]);
    expect((await sent).map(({ status }) => status)).toEqual(Array(40).fill(200));
    await ensure();
    expect(await bodies()).toHaveLength(40);
    expect((await call("health", "read_retention_health", {})).ahead).toBeGreaterThanOrEqual(2);
  });

  test("a transaction that holds the table makes it wait for its next time, and holds up no one", async () => {
    const last = (await bounds()).at(-1)?.[0] as number;
    await jump(last + 1);
    await desk.sql.begin(async (sql) => {
      await sql`select from event_bodies limit 1`;
      expect((await call("pipeline", "ensure_body_partitions", {})).result).toBe("busy");
    });
    expect((await call("pipeline", "ensure_body_partitions", {})).result).toBe("made");
  });

  test("a large last partition in use gets its end in steps, and takes events meanwhile", async () => {
    const last = (await partitions()).at(-1);
    await jump((last?.from_id as number) + 1);
    const first = eventIdIn(await send("stripe", stripeEvent({ type: "invoice.payment_failed" })));
    await desk.sql.unsafe(`insert into event_bodies (event_id, raw_body)
      select ${first} + n, convert_to(repeat(md5(n::text), 50), 'UTF8') from generate_series(100, 45000) n`);
    const steps: string[] = [];
    for (let n = 0; n < 4; n += 1) {
      steps.push((await call("pipeline", "ensure_body_partitions", {})).result);
      await send("stripe", stripeEvent({ type: "invoice.payment_failed" }));
    }
    expect(steps).toEqual(["again", "again", "made", "enough"]);
    expect((await bodies()).length).toBe(44_901 + 5);
  });

  test("one whose events are all past their days is dropped whole, and each event says so", async () => {
    await ensure();
    const ahead = (await partitions()).filter(({ from_id, to_id }) => from_id !== null && to_id !== null).at(-2);
    await jump(ahead?.from_id);
    const old = await seed(20, 100, { organisation: "a" });
    const other = await seed(5, 100, { organisation: "b" });
    await jump(ahead?.to_id);
    const [young] = await seed(1, 5);
    await keep("bodies", 90);
    await keep("bodies", 30, "b");
    process.env.RETENTION_EXPORT_DIR = exports;
    expect(await forget()).toBe(25);
    expect((await partitions()).map(({ name }) => name)).not.toContain(ahead?.name);
    expect(await bodies()).toEqual([young]);
    expect(exported(`bodies-${ahead?.from_id}`)).toHaveLength(25);
    const said = await desk.sql`select distinct organisation_id, body_forgotten(id) ->> 'days' as days from events
      where id = any (${[...old, ...other]}) order by 1`;
    expect(said).toEqual([
      { organisation_id: "a", days: "90" },
      { organisation_id: "b", days: "30" },
    ]);
    // The ids of a partition that is gone still have a place, in case a database is restored with an older sequence.
    await desk.sql`insert into event_bodies (event_id, raw_body) values (${old[0] as number}, 'x')`;
    const made = await bounds();
    expect([made[0]?.[0], made.at(-1)?.[1]]).toEqual([null, null]);
    expect(made.slice(1).map(([from]) => from)).toEqual(made.slice(0, -1).map(([, to]) => to));
  });

  test("what is left of many that were dropped is one", async () => {
    await ensure();
    const [one, two, three] = (await partitions()).filter(({ from_id }) => from_id !== null);
    for (const part of [one, two, three]) {
      await jump(part?.from_id);
      await seed(3, 100);
    }
    await jump(three?.to_id);
    await seed(1, 1);
    await keep("bodies", 90);
    const before = (await bounds()).length;
    expect(await forget()).toBe(9);
    expect(await bounds()).toHaveLength(before - 3);
    expect((await bounds())[0]).toEqual([null, three?.to_id]);
  });

  test("the server's role of a Supabase project does all of it, and deletes nothing from the audit log by itself", async () => {
    const [old] = await seed(1, 100);
    await keep("bodies", 90);
    await keep("audit", 90);
    await desk.sql`
      insert into staff_actions (actor, actor_id, action, subject, acted_at)
      values ('Ada', 'a', 'role', 'old', now_() - interval '91 days'), ('Ada', 'a', 'role', 'new', now_())`;
    await jump(((await bounds()).at(-1)?.[0] as number) + 1);
    await desk.sql.begin(async (sql) => {
      await sql`set local role service_role`;
      const [made] = await sql`select ensure_body_partitions() ->> 'result' as result`;
      expect(["made", "enough"]).toContain(made?.result);
      await sql`insert into event_bodies (event_id, raw_body) values (${(old as number) + 5_000_000}, 'x')`;
      expect(await sql`select forget_rows('bodies', array[${old as number}]::bigint[], null) ->> 'rows' as n`).toEqual([
        { n: "1" },
      ]);
      await sql`
        select forget_rows('audit', array(select id from staff_actions where action = 'role'), null)`;
    });
    expect(await desk.sql`select subject from staff_actions where action = 'role'`).toEqual([{ subject: "new" }]);
    const deleting = desk.sql.begin(async (sql) => {
      await sql`set local role service_role`;
      await sql`delete from staff_actions`;
    });
    await expect(deleting).rejects.toThrow(/permission denied/);
  });

  test("one that holds something needed is not dropped: the rest goes in batches", async () => {
    await ensure();
    const ahead = (await partitions()).filter(({ from_id, to_id }) => from_id !== null && to_id !== null).at(-2);
    await jump(ahead?.from_id);
    await seed(5, 100);
    const [dead] = await seed(1, 100, { status: "dead" });
    await jump(ahead?.to_id);
    await keep("bodies", 90);
    expect(await forget()).toBe(5);
    expect(await bodies()).toEqual([dead]);
    expect((await partitions()).map(({ name }) => name)).toContain(ahead?.name);
  });
});
