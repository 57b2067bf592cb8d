/** Held events and the death of the process that delivers them. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT } from "@/lib/db/supabase-cli";
import { addDestination, type Endpoint, publish, startEndpoint } from "../support/endpoint";
import { createTestDatabase, type TestDatabase } from "../support/postgres";
import { APP_ENVIRONMENT, until } from "../support/processes";

let database: TestDatabase;
let sql: postgres.Sql;
let endpoint: Endpoint;
let worker: ChildProcess | undefined;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = postgres(database.url, { max: 2, onnotice: () => {} });
  endpoint = await startEndpoint();
});
afterAll(async () => {
  worker?.kill("SIGKILL");
  await sql.end({ timeout: 1 });
  await endpoint.close();
  await database.drop();
});

async function startWorkerProcess(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["--import", "tsx", "lib/boot/worker.ts"], {
    cwd: ROOT,
    env: {
      ...process.env,
      ...APP_ENVIRONMENT,
      DATABASE_URL: database.url,
      LEASE_SECONDS: "3",
      PUBLIC_URL: "http://localhost",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise<void>((resolve) => {
    child.stdout.on("data", (chunk) => String(chunk).includes("worker_started") && resolve());
  });
  return child;
}

const control = (name: "pause" | "resume", id: number) =>
  sql`select ${sql(`${name}_destination`)}(${id}, null, 'Ada', 'staff-1', 'r')`;
const count = async (status: string) =>
  (await sql`select count(*)::int from deliveries where status = ${status}`)[0]?.count as number;

test("1,000 held events are all delivered, in order and within the rate, although the process is killed twice [F14]", async () => {
  const rate = 60;
  const id = await addDestination(sql, "shop", endpoint.url, { ordering: "object", rate_per_second: rate });
  await control("pause", id);
  worker = await startWorkerProcess();
  await publish(sql, "shop", 1_000, { objects: 25 });
  expect(endpoint.arrivals).toHaveLength(0);
  expect(await count("held")).toBe(1_000);
  endpoint.takes(50);
  await control("resume", id);
  let inFlight = 0;
  for (const arrived of [150, 500]) {
    await until(`${arrived} arrived`, () => endpoint.arrivals.length >= arrived, 60_000);
    worker.kill("SIGKILL");
    await once(worker, "exit");
    inFlight += await count("claimed");
    worker = await startWorkerProcess();
  }
  await until("all are delivered", async () => (await count("delivered")) === 1_000, 100_000);

  expect(endpoint.arrivals.length - 1_000).toBeLessThanOrEqual(inFlight);
  for (let object = 0; object < 25; object += 1) {
    const numbers = [...new Set(endpoint.arrivals.map((arrival) => arrival.body.n).filter((n) => n % 25 === object))];
    expect(numbers).toEqual(Array.from({ length: 40 }, (_, n) => n * 25 + object));
  }
  // In no second more than the rate plus the burst of a tenth of a second; late arrivals are tolerated.
  const times = endpoint.arrivals.map((arrival) => arrival.at);
  const most = Math.max(...times.map((start) => times.filter((at) => at >= start && at < start + 1_000).length));
  expect(most).toBeLessThanOrEqual(rate * 1.2);
  console.log(
    `2 kills, ${inFlight} in flight at them, ${endpoint.arrivals.length - 1_000} received twice, at most ${most} in a second`,
  );
});
