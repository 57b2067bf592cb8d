/** SIGTERM while work is under way: what was begun ends, nothing new is begun, and nothing is sent twice afterwards. */
import type postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sample } from "../../lib/samples";
import { sign } from "../fixtures/sign";
import { type RunningApp, startApp } from "../support/app";
import { post, startLoad } from "../support/load";
import { appEnvironment, connectTo, SINK_SECRET, tokenFor, until } from "../support/processes";
import { converse, head } from "../support/raw-http";
import { seededRandom } from "../support/seed";
import { type AgentSdk, startAgentSdk } from "../tools/agent-sdk";

const LONGEST_MS = 30_000;
/** How long the sink takes: much longer than the rest of the shutdown. */
const SLOW_MS = 4_000;

let sink: AgentSdk;
let app: RunningApp;
let environment: Record<string, string>;

beforeAll(async () => {
  sink = await startAgentSdk({ port: 0, secret: SINK_SECRET, slowMilliseconds: SLOW_MS });
  environment = appEnvironment(sink);
  app = await startApp({ env: environment });
}, 300_000);

afterAll(async () => {
  await app?.stop();
  await sink?.close();
}, 60_000);

async function sendChatwoot(): Promise<string> {
  const { key, body } = sample("chatwoot", "message_created");
  const headers = sign("chatwoot", body, { id: key }) as [string, string][];
  const answer = await post(new URL("/api/webhooks/chatwoot", app.url), body, headers);
  expect(answer).toMatchObject({ status: 200 });
  return key;
}

test("what is under way ends well, what comes later is refused, and nothing is sent twice [F04]", {
  timeout: 180_000,
}, async () => {
  // Before the shutdown begins: the attempt is recorded in the database.
  const token = await tokenFor("support");
  const [replayed, waiting] = [await sendChatwoot(), await sendChatwoot()];
  await until("two events have arrived", () => sink.received.length === 2);

  sink.setMode("slow");
  const forwarded = await sendChatwoot();
  const replay = startReplay(replayed, token);
  await until("a forward and a replay are under way", () => sink.received.length === 4);
  const load = startLoad({ url: () => app.url, clients: 8, thinkMs: 100, random: seededRandom() });
  // From here on all slots of the sink are in use, so later deliveries wait.
  await until("the sink is busy", () => sink.received.length >= 16);
  const queued = startReplay(waiting, token);
  const upload = startUpload();
  // Connections are accepted in their order: when a later one is answered, the upload is under way.
  await upload.begun;
  expect((await fetch(`${app.url}/api/webhooks/health`)).ok).toBe(true);

  const stoppedAt = performance.now();
  const stopping = app.stop();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await connects(app.url)).toBe(false);
  upload.finish();
  expect((await upload.answer).status).toBe(200);
  expect(await replay).toMatchObject({ status: 200, answer: { status: "replayed", replay_count: 1 } });
  // No worker claims it any more. Its caller is told so, and the next start continues it.
  expect(await queued).toMatchObject({ status: 202, answer: { status: "queued" } });
  const exitCode = await stopping;
  const milliseconds = Math.round(performance.now() - stoppedAt);
  console.log(`drained in ${milliseconds} ms`);
  expect(exitCode).toBe(0);
  expect(milliseconds).toBeLessThan(LONGEST_MS);
  expect(app.output()).toMatch(/"event":"worker_stopped".*"released":0/);

  sink.setMode("ok");
  app = await startApp({ env: environment, dataDir: app.dataDir });
  await load.stop();
  const sql = await connectTo(app.dataDir);
  try {
    await expectOneRequestEach(sql, [forwarded, upload.key], [replayed, waiting]);
  } finally {
    await sql.end({ timeout: 2 });
  }
});

/** A webhook whose second half is sent on demand. */
function startUpload() {
  const { key, body } = sample("stripe", "invoice.payment_failed");
  let finish = () => {};
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const halfway = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const headers = [...sign("stripe", body), ["Content-Length", String(body.length)] as const];
  const steps = [head("/api/webhooks/stripe", headers), body.subarray(0, 20)];
  const wait = () => {
    begin();
    return halfway;
  };
  return { key, answer: converse(app.url, [...steps, wait, body.subarray(20)]), begun, finish };
}

async function startReplay(key: string, token: string) {
  const response = await fetch(`${app.url}/api/webhooks/replay/chatwoot/${key}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: response.status, answer: await response.json() };
}

async function connects(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

async function expectOneRequestEach(sql: postgres.Sql, begun: string[], replayed: string[]): Promise<void> {
  await until(
    "everything is delivered",
    async () => {
      const [row] = await sql`select count(*)::int as open from deliveries where status <> 'delivered'`;
      return row?.open === 0;
    },
    60_000,
  );
  const events = await sql<{ id: string; event_key: string; attempts: number; failed: number; http: boolean }[]>`
    select 'we_' || e.id as id, e.event_key, t.kind = 'http' as http, count(*)::int as attempts,
      (count(*) filter (where a.status <> 'succeeded'))::int as failed
    from events e join deliveries d on d.event_id = e.id join attempts a on a.delivery_id = d.id
      join destinations t on t.id = d.destination_id
    group by e.id, t.kind`;
  const keys = events.map((event) => event.event_key);
  expect(keys).toEqual(expect.arrayContaining([...begun, ...replayed]));
  for (const event of events) {
    const attempts = replayed.includes(event.event_key) ? 2 : 1;
    expect.soft(event, event.event_key).toMatchObject({ attempts, failed: 0 });
    if (event.http) {
      const requests = sink.received.filter((request) => request.id === event.id);
      expect.soft(requests, event.event_key).toHaveLength(attempts);
    }
  }
}
