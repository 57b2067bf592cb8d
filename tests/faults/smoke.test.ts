/**
 * `npm run smoke` against every way to run Redrive, each with processes of its own: what an operator would see after a deploy.
 * Then against installations that are broken, where it must fail and say what to do.
 * Long because each installation needs its own start.
 */
import type postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureBuild } from "../../lib/boot/build";
import { ROOT } from "../../lib/db/supabase-cli";
import { startApp, temporaryDirectory } from "../support/app";
import { startLoad } from "../support/load";

import { startNext } from "../support/next-start";
import { judge, quiesce } from "../support/oracle";
import { findPgBouncer, startPgBouncer } from "../support/pgbouncer";
import { createTestDatabase } from "../support/postgres";
import { APP_ENVIRONMENT, appEnvironment, databaseUrlOf, SINK_SECRET } from "../support/processes";
import { SEED, seededRandom } from "../support/seed";
import { administratorsToken, contentsOf, type Ran, smoke, withDatabase } from "../support/smoke";
import { findStockPostgres, type StockPostgres, startStockPostgres } from "../support/stock-postgres";
import { startCron, startFront } from "../support/surroundings";
import { startWorkerProcess } from "../support/worker";
import { startAgentSdk } from "../tools/agent-sdk";

const FEWEST_CHECKS = 44;
const LEASE_SECONDS = 3;

const stock = findStockPostgres();
const pooler = findPgBouncer();
for (const found of [stock, pooler]) if ("missing" in found) console.log(`Skipped: ${found.missing}`);

const ends: (() => Promise<unknown>)[] = [];
/** Stopped after all tests, in reverse order. */
function owned<Process>(process: Process, end: (process: Process) => Promise<unknown>): Process {
  ends.push(() => end(process));
  return process;
}

beforeAll(async () => {
  process.setMaxListeners(100);
  await ensureBuild(ROOT, () => {});
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

/** What an installation without two events has nothing to show of. */
const TOO_NEW = /there is no event yet|there are fewer than two events/;

/** Everything was checked, and nothing but for a reason of this installation was not. */
function expectAllWell({ code, output, passed, failed, skipped }: Ran, butFor = TOO_NEW): void {
  expect(failed, output).toEqual([]);
  expect(code, output).toBe(0);
  expect(passed.length, output).toBeGreaterThanOrEqual(FEWEST_CHECKS);
  expect(
    skipped.filter((line) => !butFor.test(line)),
    output,
  ).toEqual([]);
}

async function expectWritingPasses(url: string, env: Record<string, string>, token: string): Promise<void> {
  expectAllWell(await smoke(url, env, "--token", token, "--write"));
}

describe("npm run smoke passes on", () => {
  test("npm start with nothing configured, reads without writing, and marks what it writes", async () => {
    const dataDir = temporaryDirectory();
    const app = owned(await startApp({ dataDir }), (it) => it.stop());
    const env = { DATA_DIR: dataDir };
    const token = await administratorsToken(env);
    const database = await databaseUrlOf(dataDir);
    await expectWritingPasses(app.url, env, token);
    await expectWritingPasses(app.url, env, token);

    const written = await withDatabase(
      database,
      (sql) => sql`select event_key as mark from events union all select encode(body, 'escape') from rejections`,
    );
    expect(written).toHaveLength(4);
    for (const { mark } of written) expect(mark).toContain("evt_smoke_");

    const before = await contentsOf(database);
    expectAllWell(await smoke(app.url, env, "--token", token), /needs --write/);
    expect(await contentsOf(database)).toEqual(before);
  });

  describe.skipIf("missing" in stock)("the distribution's Postgres with JIT and a plain owner", () => {
    let cluster: StockPostgres;
    beforeAll(async () => {
      cluster = owned(await startStockPostgres("bin" in stock ? stock.bin : ""), (it) => it.stop());
    });

    async function createOwned(name: string): Promise<string> {
      await withDatabase(cluster.url, async (sql) => {
        await sql.unsafe(`create role ${name} login password 'plain-${name}'`);
        await sql.unsafe(`create database ${name} owner ${name}`);
        expect(await sql`select current_setting('jit') as jit, pg_jit_available() as available`).toEqual([
          { jit: "on", available: true },
        ]);
        const [role] = await sql`select rolsuper, rolcreaterole, rolcreatedb from pg_roles where rolname = ${name}`;
        expect(role).toEqual({ rolsuper: false, rolcreaterole: false, rolcreatedb: false });
      });
      return Object.assign(new URL(cluster.url), {
        username: name,
        password: `plain-${name}`,
        pathname: name,
      }).toString();
    }

    test("directly", async () => {
      const env = { ...APP_ENVIRONMENT, DATABASE_URL: await createOwned("redrive_owner") };
      const app = owned(await startApp({ env }), (it) => it.stop());
      await expectWritingPasses(app.url, env, await administratorsToken(env));
    });

    test.skipIf("missing" in pooler)("through PgBouncer in transaction mode with four connections", async () => {
      const program = "program" in pooler ? pooler.program : "";
      const bouncer = owned(await startPgBouncer(program, await createOwned("redrive_pooled"), 4), (it) => it.stop());
      const env = { ...APP_ENVIRONMENT, DATABASE_URL: bouncer.url, DATABASE_POOL_SIZE: "4" };
      const app = owned(await startApp({ env }), (it) => it.stop());
      await expectWritingPasses(app.url, env, await administratorsToken(env));
    });
  });

  test("next start where a cron job alone does the work", async () => {
    const next = owned(await startNext(), (it) => it.close());
    const env = { ...APP_ENVIRONMENT, DATABASE_URL: next.databaseUrl };
    const cron = owned(startCron(next.url), (it) => it.stop());
    await expectWritingPasses(next.url, env, await administratorsToken(env));
    expect(cron.statuses()).toEqual([200]);
  });

  test(`two web and two worker processes that are killed, with nothing lost (seed ${SEED})`, async () => {
    const database = owned(await createTestDatabase(), (it) => it.drop());
    const sink = owned(await startAgentSdk({ port: 0, secret: SINK_SECRET }), (it) => it.close());
    const env = appEnvironment(sink, {
      DATABASE_URL: database.url,
      WORKER_IN_SERVER: "0",
      LEASE_SECONDS: String(LEASE_SECONDS),
    });
    const startWeb = async () => owned(await startApp({ env }), (it) => it.stop());
    const startWorker = async () => owned(await startWorkerProcess(env), (it) => it.stop());
    let [one, two] = await Promise.all([startWeb(), startWeb()]);
    const workers = await Promise.all([startWorker(), startWorker()]);
    const token = await administratorsToken(env);
    let turn = 0;
    const load = startLoad({
      url: () => [one.url, two.url][turn++ % 2] as string,
      clients: 4,
      thinkMs: 200,
      random: seededRandom(),
    });
    await load.nextAcknowledgement();

    await Promise.all([one.kill(), workers[0].kill()]);
    await expectWritingPasses(two.url, env, token);
    one = await startWeb();
    await startWorker();
    await Promise.all([two.kill(), workers[1].kill()]);
    await expectWritingPasses(one.url, env, token);
    two = await startWeb();
    await load.nextAcknowledgement();
    await load.stop();
    for (const web of [one, two]) await expectWritingPasses(web.url, env, token);

    await withDatabase(database.url, async (sql) => {
      await quiesce(sql, 60_000);
      await forgetSamples(sql);
      const { ledger } = load;
      const { received } = sink;
      const { verdict, figures } = await judge({
        sql,
        ledger,
        sink: received,
        sinkSecret: SINK_SECRET,
        leaseSeconds: LEASE_SECONDS,
      });
      for (const [invariant, violations] of Object.entries(verdict)) expect.soft(violations, invariant).toEqual([]);
      expect(figures.acknowledged).toBeGreaterThan(20);
    });
  });
});

/** Samples of smoke are not in the senders' ledger, so they are removed from events and statistics. */
async function forgetSamples(sql: postgres.Sql): Promise<void> {
  const gone = await sql<{ duplicates: number }[]>`
    delete from events where event_key like 'evt_smoke_%' returning duplicate_count as duplicates`;
  expect(gone.length).toBeGreaterThan(0);
  const counts = { received: gone.length, duplicate: gone.reduce((sum, { duplicates }) => sum + duplicates, 0) };
  for (const [outcome, count] of Object.entries(counts)) {
    await sql`
      insert into statistics (minute, provider, event_type, outcome, shard, count)
      values (date_trunc('minute', now()), 'stripe', 'smoke', ${outcome}, 0, ${-count})`;
  }
}

describe("npm run smoke fails, with a line that says what to do, where", () => {
  let url: string;
  let env: Record<string, string>;
  let token: string;

  beforeAll(async () => {
    const database = owned(await createTestDatabase(), (it) => it.drop());
    env = { ...APP_ENVIRONMENT, DATABASE_URL: database.url, WORKER_IN_SERVER: "0" };
    url = owned(await startApp({ env }), (it) => it.stop()).url;
    token = await administratorsToken(env);
  });

  const fails = async (ran: Promise<Ran>, ...lines: RegExp[]) => {
    const { code, output, failed } = await ran;
    expect(code, output).toBe(1);
    expect(failed, output).toHaveLength(lines.length);
    for (const [n, line] of lines.entries()) expect(failed[n]).toMatch(line);
    expect(output).not.toMatch(/\n\s+at |node:internal/);
  };

  test("the token is wrong", () =>
    fails(
      smoke(url, env, "--token", "rd_wrong", "--write"),
      /FAILED: it is not accepted \(401\): make one with `npm run token/,
    ));

  test("the token may read for one organisation only", async () => {
    const { output } = await smoke(url, env, "--token", token);
    expect(output).toContain("0 failed");
    const limited = await administratorsToken(env, "--organisation", "acme");
    await fails(smoke(url, env, "--token", limited), /FAILED: it may not read everything \(403\): make one/);
  });

  test("the secret that signs is another one", () =>
    fails(
      smoke(url, { ...env, STRIPE_WEBHOOK_SECRET: "whsec_anotherInstallationsSecret" }, "--token", token, "--write"),
      /FAILED: it answers 40[01].*: STRIPE_WEBHOOK_SECRET here is not the installation's/,
    ));

  test("something in front refuses a webhook's route", async () => {
    const front = owned(await startFront(url, /^\/api\/webhooks\/stripe/), (it) => it.close());
    await fails(
      smoke(front.url, env, "--token", token, "--write"),
      /The stripe endpoint answers {2}FAILED: OPTIONS answers 403: something in front of Redrive refuses it; let \/api\/webhooks/,
      /FAILED: it answers 403.*something in front/,
    );
  });

  test("nothing listens, or something else does", async () => {
    await fails(smoke("http://127.0.0.1:9", env, "--token", token), /does not answer .*is it started/);
    const front = owned(await startFront(url, /./), (it) => it.close());
    await fails(smoke(front.url, env, "--token", token), /answers 403 and is not Redrive's: check the address/);
  });

  // Last, because its sample waits: after a minute every other check would report it.
  test("no worker runs", () =>
    fails(
      smoke(url, env, "--token", token, "--write", "--wait", "3"),
      /The sample is processed {2}FAILED: it is still "received" after 3 s: is a worker running\?.*npm run worker/,
    ));
});
