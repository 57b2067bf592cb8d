/**
 * A process that dies at a chosen moment, and what must be found afterwards. The moment is chosen from outside: by a lock
 * that holds its statement, a name server that is silent, or an endpoint that waits. Random moments are in kills.test.ts.
 */
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sample } from "../../lib/samples";
import { sign } from "../fixtures/sign";
import { type RunningApp, startApp } from "../support/app";
import { type Desk, openDesk } from "../support/desk";
import { type DnsServer, startDnsServer } from "../support/dns-server";
import { attemptsOf, deliverTo } from "../support/endpoint-desk";
import { type Behaviour, type Endpoint, head, startEndpoint } from "../support/hostile";
import { post } from "../support/load";
import { APP_ENVIRONMENT, until } from "../support/processes";
import { startWorkerProcess, type WorkerProcess } from "../support/worker";

let desk: Desk;
/** Holds locks, so that other statements wait. */
let holder: postgres.Sql;

beforeAll(async () => {
  desk = await openDesk();
  holder = postgres(process.env.DATABASE_URL as string, { max: 1, onnotice: () => {} });
});
afterAll(async () => {
  await holder?.end({ timeout: 1 });
  await desk?.close();
});

/** While `table` is locked: waits `until` a statement is blocked, then runs `then`. */
async function whileLocked(table: string, act: () => Promise<unknown>, then: () => Promise<unknown>): Promise<void> {
  await holder.begin(async (transaction) => {
    await transaction`lock table ${transaction(table)} in access exclusive mode`;
    await act();
    await until("a statement waits for the lock", async () => (await waiting()).length > 0);
    await then();
  });
}

function waiting() {
  return desk.sql<{ pid: number }[]>`
    select distinct l.pid from pg_locks l join pg_stat_activity a on a.pid = l.pid
    where not l.granted and a.datname = current_database()`;
}

/** Like the crash of its machine: the statement never ends. */
const endWaiting = () => desk.sql`
  select pg_terminate_backend(l.pid) from pg_locks l join pg_stat_activity a on a.pid = l.pid
  where not l.granted and a.datname = current_database()`;

describe("the web process dies", () => {
  let app: RunningApp;
  const start = async () => {
    app = await startApp({
      env: { ...APP_ENVIRONMENT, DATABASE_URL: process.env.DATABASE_URL as string, WORKER_IN_SERVER: "0" },
    });
  };
  beforeAll(start, 300_000);
  afterAll(() => app?.stop());

  const event = () => {
    const { key, body } = sample("stripe", "invoice.payment_succeeded");
    const send = () =>
      post(new URL("/api/webhooks/stripe", app.url), body, [...sign("stripe", body)] as [string, string][]);
    const rows = () => desk.sql`
      select duplicate_count, (select count(*)::int from deliveries d where d.event_id = e.id) as deliveries
      from events e where event_key = ${key}`;
    return { send, rows };
  };

  test("with a request in hand and no SQL sent: nothing is stored, and the retry is stored once [CP1] [CP2]", async () => {
    const { send, rows } = event();
    process.kill(app.pid, "SIGSTOP");
    const heard = send();
    await app.kill();
    expect(["unknown", "refused_connection"]).toContain(await heard);
    expect(await rows()).toEqual([]);
    await start();
    expect(await send()).toMatchObject({ status: 200, body: expect.stringContaining('"duplicate":false') });
    expect(await rows()).toEqual([{ duplicate_count: 0, deliveries: 1 }]);
  });

  test("inside the transaction: neither event nor delivery is stored, and the retry is stored once [CP3]", async () => {
    const { send, rows } = event();
    let heard: ReturnType<typeof send> | undefined;
    await whileLocked(
      "deliveries",
      async () => {
        heard = send();
      },
      async () => {
        await app.kill();
        await endWaiting();
      },
    );
    expect(await heard).toBe("unknown");
    expect(await rows()).toEqual([]);
    await start();
    expect(await send()).toMatchObject({ status: 200, body: expect.stringContaining('"duplicate":false') });
    expect(await rows()).toEqual([{ duplicate_count: 0, deliveries: 1 }]);
  });

  test("after the commit and before the answer: the event is there, and the retry is a duplicate [CP4]", async () => {
    const { send, rows } = event();
    let heard: ReturnType<typeof send> | undefined;
    await whileLocked(
      "deliveries",
      async () => {
        heard = send();
      },
      () => app.kill(),
    );
    expect(await heard).toBe("unknown");
    await until("the transaction has ended", async () => (await rows()).length === 1);
    await start();
    expect(await send()).toMatchObject({ status: 200, body: expect.stringContaining('"duplicate":true') });
    expect(await rows()).toEqual([{ duplicate_count: 1, deliveries: 1 }]);
  });
});

describe("a worker dies", () => {
  let dns: DnsServer;
  let silent = true;
  const open: Endpoint[] = [];
  beforeAll(async () => {
    dns = await startDnsServer(() => (silent ? "silence" : ["127.0.0.1"]));
    Object.assign(process.env, { LEASE_SECONDS: "2" });
  });
  afterAll(async () => {
    dns?.close();
    delete process.env.LEASE_SECONDS;
    await Promise.all(open.map((endpoint) => endpoint.close()));
  });

  const endpointThat = async (behave: Behaviour) => {
    const endpoint = await startEndpoint(behave);
    open.push(endpoint);
    return endpoint;
  };
  const ok = `${head("200 OK", { "content-length": "2" })}ok`;
  const retried = { maxAttempts: 5, baseDelayMs: 1, timeoutMs: 20_000 };

  /** Starts another worker and waits for the delivery. Returns the first attempt's end and the endpoint's requests. */
  async function goesOn(eventId: number, endpoint: Endpoint, requests: number): Promise<void> {
    const next = await startWorkerProcess({ EGRESS_DNS_SERVERS: dns.address });
    try {
      const [first, second] = await attemptsOf(desk, eventId, 2, 60_000);
      expect(first).toMatchObject({ error_class: "lease_expired", http_status: null });
      expect(second).toMatchObject({ status: "succeeded", delivery_status: "delivered" });
    } finally {
      await next.stop();
    }
    const sent = endpoint.requests.filter((request) => request.includes("\r\n\r\n"));
    expect(sent).toHaveLength(requests);
    const ids = sent.map((request) => /webhook-id: (\S+)/i.exec(request)?.[1]);
    expect(new Set([...ids, undefined]).size).toBe(2);
    expect(new Set(sent.map((request) => request.split("\r\n\r\n")[1])).size).toBe(1);
  }

  test("before it connects: its attempt closes, and the next one is the only request [CP6]", async () => {
    const endpoint = await endpointThat(async (socket, request) => {
      await request;
      socket.end(ok);
    });
    const worker: WorkerProcess = await startWorkerProcess({ EGRESS_DNS_SERVERS: dns.address });
    const id = await deliverTo(desk, `http://crash.example.test:${endpoint.port}/hook`, retried);
    await until("the name is asked for", () => dns.asked.length > 0);
    await worker.kill();
    expect(endpoint.connections).toBe(0);
    silent = false;
    await goesOn(id, endpoint, 1);
  });

  test("while it waits for the answer: it is sent again under the same id, byte for byte [CP7]", async () => {
    const endpoint = await endpointThat(async (socket, request, number) => {
      await request;
      if (number > 0) socket.end(ok);
    });
    const worker = await startWorkerProcess({ EGRESS_DNS_SERVERS: dns.address });
    const id = await deliverTo(desk, `http://127.0.0.1:${endpoint.port}/hook`, retried);
    await until("the request is there", () => endpoint.requests[0]?.includes('"case"') === true);
    await worker.kill();
    await goesOn(id, endpoint, 2);
  });

  test("after the 2xx and before its commit: it is sent again under the same id, byte for byte [CP8]", async () => {
    let answer = () => {};
    const mayAnswer = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const endpoint = await endpointThat(async (socket, request, number) => {
      await request;
      if (number === 0) await mayAnswer;
      socket.end(ok);
    });
    const worker = await startWorkerProcess({ EGRESS_DNS_SERVERS: dns.address });
    const id = await deliverTo(desk, `http://127.0.0.1:${endpoint.port}/hook`, retried);
    await until("the request is there", () => endpoint.requests[0]?.includes('"case"') === true);
    await whileLocked(
      "attempts",
      async () => answer(),
      async () => {
        await worker.kill();
        await endWaiting();
      },
    );
    await goesOn(id, endpoint, 2);
  });
});
