/**
 * What is given up ends in Postgres, and nothing else does: directly, over TLS and through a pooler.
 * Long because the same promises are kept directly, over TLS and through a pooler.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import net, { type AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, closeDatabase, DatabaseBusy, DatabaseTooSlow } from "@/lib/db/client";
import { createConnection } from "@/lib/db/connection";
import { createFairQueue } from "@/lib/db/fair-queue";
import { LANES, shareOut } from "@/lib/db/lanes";
import { createPool, type Pool } from "@/lib/db/pool";
import { startThrowawayPostgres, type ThrowawayPostgres } from "@/lib/db/throwaway";
import { inRequest, noteCaller } from "@/lib/request-scope";
import { EVERYTHING, scopeOf } from "@/lib/scope";
import { createCertificate } from "../support/certificates";
import { type Desk, openDesk } from "../support/desk";
import { until } from "../support/processes";

const LONG = "select pg_sleep(60)::text as result";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

/** Runs a statement that `stop` cancels. */
function begin(pool: Pool, text: string, deadlineMs = 60_000) {
  const controller = new AbortController();
  const result = pool.run({ text, parameters: [], deadlineMs, signal: controller.signal });
  result.catch(() => {});
  return { result, stop: () => controller.abort(new Error("given up")) };
}

const ask = (pool: Pool, text: string, deadlineMs = 60_000) => begin(pool, text, deadlineMs).result;

async function asleep(sql: postgres.Sql): Promise<number> {
  const rows = await sql`
    select from pg_stat_activity where datname = current_database() and state = 'active' and pid <> pg_backend_pid()
      and query like '%pg_sleep(60)%'`;
  return rows.length;
}

/** The same tests for each way to a Postgres. */
function suite(open: () => { url: string; sql: postgres.Sql }): void {
  test("A statement whose caller gave up ends in Postgres at once [S50]", async () => {
    const { url, sql } = open();
    const pool = createPool(1, () => createConnection(url, "test"));
    const long = begin(pool, LONG);
    await until("it runs", async () => (await asleep(sql)) === 1);
    long.stop();
    await expect(long.result).rejects.toThrow("given up");
    await until("it has ended", async () => (await asleep(sql)) === 0, 3_000);
    expect(await ask(pool, "select 'next' as result")).toBe("next");
    await pool.close();
  });

  test("The statement after a cancelled one is never the one that is cancelled", async () => {
    const { url } = open();
    const pool = createPool(1, () => createConnection(url, "test"));
    // From "not begun" to "just ended": 0 to 19 ms around a statement of 10 ms.
    for (let turn = 0; turn < 40; turn += 1) {
      const short = begin(pool, "select pg_sleep(0.01)::text as result");
      const stopped = new Promise((resolve) => setTimeout(() => resolve(short.stop()), turn % 20));
      const next = ask(pool, `select pg_sleep(0.02)::text || '${turn}' as result`);
      await stopped;
      expect(await next).toBe(`${turn}`);
    }
    await pool.close();
  });

  test("A statement that waits for a connection and is given up never runs", async () => {
    const { url, sql } = open();
    await sql`create table if not exists marks (n integer)`;
    const pool = createPool(1, () => createConnection(url, "test"));
    const first = ask(pool, "select pg_sleep(0.3)::text as result");
    const waiting = begin(pool, "with w as (insert into marks values (1) returning n) select n::text as result from w");
    waiting.stop();
    await expect(waiting.result).rejects.toThrow("given up");
    await first;
    expect(await ask(pool, "select count(*)::text as result from marks")).toBe("0");
    await pool.close();
  });

  test("A statement that nobody stops is ended by its own timeout, and the next one has another", async () => {
    const { url } = open();
    const pool = createPool(1, () => createConnection(url, "test"));
    await expect(ask(pool, LONG, 500)).rejects.toMatchObject({ code: "57014" });
    expect(await ask(pool, "select pg_sleep(0.8)::text || 'done' as result", 5_000)).toBe("done");
    expect(await ask(pool, "select current_setting('statement_timeout') as result", 2_000)).toBe("2s");
    await pool.close();
  });
}

describe("on a direct connection", () => suite(() => ({ url: String(process.env.DATABASE_URL), sql: desk.sql })));

describe("over TLS", () => {
  let cluster: ThrowawayPostgres;
  let sql: postgres.Sql;
  let url: string;

  beforeAll(async () => {
    cluster = await startThrowawayPostgres();
    sql = postgres(cluster.url, { max: 1, onnotice: () => {} });
    const [row] = await sql<{ directory: string }[]>`select current_setting('data_directory') as directory`;
    const directory = String(row?.directory);
    const { key, cert } = createCertificate({ names: ["localhost", "127.0.0.1"] });
    const owner = statSync(directory);
    for (const [name, content] of [
      ["server.key", key],
      ["server.crt", cert],
    ] as const) {
      const file = path.join(directory, name);
      writeFileSync(file, content);
      chmodSync(file, 0o600);
      if (process.getuid?.() === 0) chownSync(file, owner.uid, owner.gid);
    }
    await sql`alter system set ssl = on`;
    await sql`select pg_reload_conf()`;
    await until("it takes TLS", async () => (await sql`select current_setting('ssl') as ssl`)[0]?.ssl === "on");
    url = `${cluster.url}${cluster.url.includes("?") ? "&" : "?"}sslmode=require`;
    const pool = createPool(1, () => createConnection(url, "test"));
    expect(await ask(pool, "select ssl::text as result from pg_stat_ssl where pid = pg_backend_pid()")).toBe("true");
    await pool.close();
  });
  afterAll(async () => {
    await sql?.end({ timeout: 2 });
    await cluster?.remove();
  });

  suite(() => ({ url, sql }));
});

/** Debian's package. Without it, and without root to install it, these tests are skipped. */
function findPgBouncer(): string | undefined {
  const found = () =>
    spawnSync("sh", ["-c", "command -v pgbouncer || ls /usr/sbin/pgbouncer"]).stdout.toString().trim();
  if (found() || process.getuid?.() !== 0) return found() || undefined;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  spawnSync("apt-get", ["update", "-qq"], { env });
  spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "pgbouncer"], { env });
  return found() || undefined;
}

const pgbouncer = findPgBouncer();

// Skipped where PgBouncer is missing and cannot be installed.
describe.skipIf(!pgbouncer)("through PgBouncer in transaction mode", () => {
  let url: string;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    const target = new URL(String(process.env.DATABASE_URL));
    const directory = mkdtempSync(path.join(os.tmpdir(), "redrive-pgbouncer-"));
    chmodSync(directory, 0o777);
    const port = await freePort();
    const password = decodeURIComponent(target.password);
    writeFileSync(
      path.join(directory, "pgbouncer.ini"),
      `[databases]\n* = host=127.0.0.1 port=${target.port} user=${target.username} password=${password}\n[pgbouncer]
listen_addr = 127.0.0.1\nlisten_port = ${port}\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 3
unix_socket_dir =\nlogfile = ${directory}/log\n`,
    );
    const user = process.getuid?.() === 0 ? ["-u", "nobody"] : [];
    const child = spawn(String(pgbouncer), [...user, path.join(directory, "pgbouncer.ini")], { stdio: "ignore" });
    stop = async () => {
      child.kill("SIGKILL");
      await once(child, "exit");
      rmSync(directory, { recursive: true, force: true });
    };
    url = Object.assign(new URL(target), { port: String(port) }).toString();
    await until("it listens", () => isOpen(port));
  });
  afterAll(() => stop?.());

  suite(() => ({ url, sql: desk.sql }));

  test("Twenty statements at once keep their timeouts to themselves", async () => {
    const pool = createPool(10, () => createConnection(url, "test"));
    const seen = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        ask(pool, "select current_setting('statement_timeout') as result", 1_000 * (n + 1)),
      ),
    );
    expect(seen).toEqual(Array.from({ length: 20 }, (_, n) => `${n + 1}s`));
    await pool.close();
    const [row] = await desk.sql`
      select count(*)::int as open from pg_stat_activity where datname = current_database() and state like 'idle in%'`;
    expect(row?.open).toBe(0);
  });
});

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

describe("lanes", () => {
  test.each([4, 5, 6, 7, 8, 12, 16, 40])("%i connections are divided among all lanes, and none is over", (size) => {
    const shares = shareOut(size);
    expect(shares.flatMap(({ lanes }) => lanes).sort()).toEqual([...LANES].sort());
    expect(shares.reduce((sum, { connections }) => sum + connections, 0)).toBe(size);
    for (const { connections } of shares) expect(connections).toBeGreaterThan(0);
    const of = (lane: string) => shares.find(({ lanes }) => lanes.some((one) => one === lane));
    // Long statements never share a connection with statements that must be quick.
    expect(of("search")?.lanes).toEqual(["search"]);
    expect(of("search")?.connections).toBeLessThanOrEqual(Math.max(1, size / 8));
    for (const lane of of("health")?.lanes ?? []) expect(["health", "auth"]).toContain(lane);
  });

  test("Long reads of one person do not keep another from theirs, and none is forgotten", async () => {
    const queue = createFairQueue({ atOnce: 2, atOncePerPerson: 1, waitingPerPerson: 50, waitingInAll: 100 });
    const order: string[] = [];
    const work = (who: string) =>
      queue.enter(who, new AbortController().signal).then(async (leave) => {
        order.push(who);
        await Promise.resolve();
        leave();
      });
    await Promise.all([...Array.from({ length: 30 }, () => work("greedy")), work("other"), work("third")]);
    expect(order).toHaveLength(32);
    expect(order.indexOf("other")).toBeLessThan(4);
    expect(order.indexOf("third")).toBeLessThan(6);
  });

  test("Who leaves the line makes room in it", async () => {
    const queue = createFairQueue({ atOnce: 1, atOncePerPerson: 1, waitingPerPerson: 2, waitingInAll: 3 });
    const never = new AbortController().signal;
    const first = await queue.enter("a", never);
    const leaver = new AbortController();
    const gone = queue.enter("a", leaver.signal);
    const second = queue.enter("a", never);
    await expect(queue.enter("a", never)).rejects.toMatchObject({ of: "person" });
    const third = queue.enter("b", never);
    await expect(queue.enter("c", never)).rejects.toMatchObject({ of: "all" });
    leaver.abort(new Error("left"));
    await expect(gone).rejects.toThrow("left");
    first();
    for (const turn of [second, third]) (await turn)();
  });

  test("A person's long reads are two at a time over all processes that share the database [S53]", async () => {
    const search = () => call("console", "list_dead_letter_groups", { p_limit: 1, ...scopeOf(EVERYTHING) });
    const asPerson = <Result>(who: string, work: () => Promise<Result>) =>
      inRequest(undefined, () => {
        noteCaller(who);
        return work();
      });
    // Two other processes: each of this person's reads there holds a turn until its transaction ends.
    const other = postgres(String(process.env.DATABASE_URL), { max: 2, onnotice: () => {} });
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const held = [0, 1].map(() =>
      other.begin(async (tx) => {
        const args = tx.json({ p_limit: 1, p_scope: null });
        const [row] = await tx`select run_expensive('greedy', 'list_dead_letter_groups', ${args}) as turn`;
        expect(row?.turn).toHaveProperty("result");
        await ended;
      }),
    );
    await until("both hold a turn", async () => {
      const [row] = await desk.sql`select take_turn('greedy') as free`;
      return !row?.free;
    });
    await expect(asPerson("greedy", search)).rejects.toBeInstanceOf(DatabaseBusy);
    expect(await asPerson("somebody else", search)).toHaveProperty("groups");
    end();
    await Promise.all(held);
    expect(await asPerson("greedy", search)).toHaveProperty("groups");
    await other.end({ timeout: 2 });
  });

  test("A long read ends in Postgres when whoever asked goes away, or when it is out of time [S50]", async () => {
    await seed(desk.sql, 3_000);
    // A search without results, which is slow because the predicate reads much text.
    const slow = { p_filter: { text: "nowhere to be found" }, ...scopeOf(EVERYTHING) };
    const controller = new AbortController();
    const searching = inRequest(controller.signal, () => call("console", "count_events", slow));
    controller.abort();
    await expect(searching).rejects.toThrow("has disconnected");
    await expect(call("console", "count_events", slow, 1)).rejects.toBeInstanceOf(DatabaseTooSlow);
    await until("nothing runs any more", async () => {
      const rows = await desk.sql`
        select from pg_stat_activity where application_name = 'redrive search' and state = 'active'
          and datname = current_database()`;
      return rows.length === 0;
    });
    await closeDatabase();
  });
});

/** Events with 5 KB of payload each. */
async function seed(sql: postgres.Sql, count: number): Promise<void> {
  await sql`
    insert into events (provider, event_key, event_type, trust, parse_status, body_size, body_sha256,
      fingerprint, payload, method, path, headers)
    select 'stripe', 'seed-' || n, 'seed', 'signed', 'ok', octet_length(p),
      sha256(convert_to(p, 'UTF8')), sha256(convert_to(p, 'UTF8')), p::jsonb, 'POST', '/', '[]'
    from generate_series(1, ${count}) n
    cross join lateral (select json_build_object('n', n, 'text', repeat(md5(n::text), 160))::text as p) x`;
}
