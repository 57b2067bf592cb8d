/** A replay's progress, live: as server-sent events and over WebSocket on the same path. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type ReplayProgress, replayProgress } from "@/lib/contract/api/merchant-answers";
import { curl } from "../support/curl";
import { tokenFor } from "../support/processes";
import { deadEvents, ONE_TRY } from "../support/replay-story";
import { openApp, type SharedApp } from "../support/shared-app";
import { signIn } from "../support/sign-in";

let app: SharedApp;
let token: string;
let cookie: string;

beforeAll(async () => {
  app = await openApp({ ...ONE_TRY, REPLAY_MAX_CONCURRENT: "50" });
  token = await tokenFor("super_admin");
  cookie = await signIn(app.url, app.adminEmail, app.adminPassword);
}, 300_000);
afterAll(() => app?.close());

/** A replay of `count` events that takes about as many seconds as it has batches of one. */
async function slowReplay(count: number, options: object = {}): Promise<string> {
  const eventIds = await deadEvents(app, { count });
  const json = { eventIds, options: { batchSize: 1, delayBetweenBatches: 1, ...options } };
  const { body } = await curl("POST", `${app.url}/admin/webhooks/replay-batch`, { token, json });
  return body.bulkReplayId;
}

const streamOf = (id: string, prefix = "/admin") => `${app.url}${prefix}/webhooks/bulk-replays/${id}/stream`;

/** A run as seen from outside: progress never decreases, every item is counted once, and the run ends. */
function expectWholeRun(seen: ReplayProgress[], total: number): void {
  const completed = seen.map(({ progress }) => progress.completed);
  expect(completed).toEqual([...completed].sort((a, b) => a - b));
  expect(seen.length).toBeGreaterThan(2);
  expect(seen.at(-1)).toMatchObject({ status: "completed", progress: { total, completed: total, successful: total } });
  for (const progress of seen) expect(replayProgress.parse(progress)).toEqual(progress);
}

interface ServerSent {
  id?: string;
  event?: string;
  data?: string;
  retry?: string;
}

function parse(text: string): ServerSent[] {
  const blocks = text.split("\n\n").filter((block) => block && !block.startsWith(":"));
  return blocks.map((block) => Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s).slice(0, 2))));
}

describe("as server-sent events", () => {
  const listen = (id: string, headers: Record<string, string> = {}) =>
    fetch(streamOf(id), { headers: { authorization: `Bearer ${token}`, "accept-encoding": "gzip", ...headers } });

  test("it arrives while the replay runs, and ends with it", async () => {
    const id = await slowReplay(3);
    const response = await listen(id);
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const arrived: number[] = [];
    let text = "";
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      arrived.push(Date.now());
      text += Buffer.from(chunk).toString();
    }
    expect((arrived.at(-1) as number) - (arrived[0] as number)).toBeGreaterThan(1_500);
    const events = parse(text);
    expect(events[0]).toEqual({ retry: "2000" });
    const end = events.at(-1);
    expect(end?.event).toBe("end");
    expectWholeRun(
      events.slice(1, -1).map(({ data }) => JSON.parse(data ?? "")),
      3,
    );
    expect(JSON.parse(end?.data ?? "").status).toBe("completed");

    const again = parse(await (await listen(id, { "last-event-id": end?.id ?? "" })).text());
    expect(again.map(({ event }) => event)).toEqual([undefined, "end"]);
  });

  test("it ends on the server when the caller leaves", async () => {
    const id = await slowReplay(2, { delayBetweenBatches: 30 });
    const leaving = new AbortController();
    const response = await fetch(streamOf(id), { headers: { cookie }, signal: leaving.signal });
    await response.body?.getReader().read();
    leaving.abort();
    const { body } = await curl("POST", `${app.url}/api/webhooks/replays/${id}/cancel`, { token });
    expect(body.status).toBe("cancelled");
    expect(app.output()).not.toContain("request_failed");
  });

  test("nobody else gets it", async () => {
    expect((await fetch(streamOf("br_1"))).status).toBe(401);
    expect((await listen("br_999999")).status).toBe(404);
    expect((await fetch(`${streamOf("br_1")}?access_token=${token}`)).status).toBe(401);
  });
});

describe("over WebSocket", () => {
  const open = (id: string, headers: Record<string, string>, prefix?: string) =>
    new WebSocket(streamOf(id, prefix).replace("http", "ws"), { headers });

  /** All messages until it closes, and the close code. */
  function watch(socket: WebSocket): Promise<{ seen: ReplayProgress[]; code: number }> {
    const seen: ReplayProgress[] = [];
    socket.on("message", (data) => seen.push(JSON.parse(String(data))));
    return new Promise((resolve, reject) => {
      socket.once("close", (code) => resolve({ seen, code }));
      socket.once("error", reject);
    });
  }

  /** The HTTP status and body of an answer instead of an upgrade. */
  function refused(socket: WebSocket): Promise<[number | undefined, string]> {
    return new Promise((resolve, reject) => {
      socket.once("open", () => reject(new Error("It was let in.")));
      socket.once("unexpected-response", async (_, response) => {
        let text = "";
        for await (const chunk of response) text += chunk;
        resolve([response.statusCode, JSON.parse(text).title]);
      });
      socket.once("error", reject);
    });
  }

  test.each([
    ["with a bearer token", "/admin", () => ({ authorization: `Bearer ${token}` })],
    ["with a session from our own pages", "/api/admin", () => ({ cookie, origin: app.url })],
  ])("it arrives %s until the replay has ended", async (_, prefix, headers) => {
    const id = await slowReplay(3);
    const { seen, code } = await watch(open(id, headers(), prefix));
    expectWholeRun(seen, 3);
    expect(code).toBe(1000);
  });

  test.each<[string, string, number, () => Record<string, string>]>([
    ["nobody", "br_1", 401, () => ({})],
    ["a token in a cookie", "br_1", 401, () => ({ cookie: `redrive.session=${token}`, origin: app.url })],
    ["a wrong token", "br_1", 401, () => ({ authorization: "Bearer x.y.z" })],
    ["a session from another site", "br_1", 403, () => ({ cookie, origin: "https://evil.example" })],
    ["a session that a browser calls cross-site", "br_1", 403, () => ({ cookie, "sec-fetch-site": "cross-site" })],
    ["a session that does not say where it comes from", "br_1", 403, () => ({ cookie })],
    ["a replay that does not exist", "br_999999", 404, () => ({ authorization: `Bearer ${token}` })],
    ["a replay with a name", "current", 404, () => ({ authorization: `Bearer ${token}` })],
  ])("%s is answered before the upgrade", async (_, id, status, headers) => {
    const [answered, title] = await refused(open(id, headers()));
    expect(answered).toBe(status);
    expect(title).not.toBe("");
  });

  test("a token in the address counts for nothing, and other paths speak no WebSocket", async () => {
    const address = `${streamOf("br_1").replace("http", "ws")}?access_token=${token}`;
    expect((await refused(new WebSocket(address)))[0]).toBe(401);
    const other = new WebSocket(`${app.url.replace("http", "ws")}/api/webhooks/events`);
    const status = await new Promise((resolve) => {
      other.on("error", () => {});
      other.once("unexpected-response", (_, response) => resolve(response.statusCode));
    });
    expect(status).toBe(426);
  });

  test("One person's streams of both kinds are counted together, and the eleventh is refused [S53]", async () => {
    const id = await slowReplay(2, { delayBetweenBatches: 60 });
    const headers = { authorization: `Bearer ${await tokenFor("support")}` };
    const gone = new AbortController();
    const sockets = Array.from({ length: 9 }, () => open(id, headers));
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once("open", resolve))));
    const events = await fetch(streamOf(id), { headers, signal: gone.signal });
    expect(events.status).toBe(200);
    expect((await refused(open(id, headers)))[0]).toBe(429);
    expect((await fetch(streamOf(id), { headers })).status).toBe(429);
    const closed = new Promise((resolve) => sockets[0]?.once("close", resolve));
    sockets[0]?.close();
    await closed;
    const again = open(id, headers);
    await new Promise((resolve) => again.once("open", resolve));
    gone.abort();
    for (const socket of [...sockets, again]) socket.terminate();
  });

  test("a server that stops says goodbye, and does not wait for whoever watches", async () => {
    const id = await slowReplay(2, { delayBetweenBatches: 60 });
    const socket = open(id, { authorization: `Bearer ${token}` });
    const end = watch(socket);
    const events = await fetch(streamOf(id), { headers: { authorization: `Bearer ${token}` } });
    await new Promise((resolve) => socket.once("message", resolve));
    const started = Date.now();
    await app.stop();
    expect((await end).code).toBe(1001);
    await events.text();
    expect(Date.now() - started).toBeLessThan(8_000);
  });
});
