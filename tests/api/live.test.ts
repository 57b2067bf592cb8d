/** What changes, as server-sent events. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import net from "node:net";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Change } from "@/lib/contract/live";
import { asker } from "../support/api";
import { tokenFor } from "../support/processes";
import { openApp, type SharedApp } from "../support/shared-app";
import { signIn } from "../support/sign-in";

let app: SharedApp;
let token: string;

beforeAll(async () => {
  app = await openApp({ LIVE_MAX_STREAMS: "2" });
  token = await tokenFor("super_admin");
}, 300_000);
afterAll(() => app?.close());
// A failing test must not keep the streams that the next test needs.
afterEach(() => {
  for (const leave of open.splice(0)) leave();
});

const open: (() => void)[] = [];

interface Heard {
  event: string;
  id?: string;
  data: Partial<Change>;
}

/** Follows the stream and keeps its events. `until` resolves with the first that matches. */
async function follow({ headers = {}, after }: { headers?: Record<string, string>; after?: string } = {}) {
  const leaving = new AbortController();
  open.push(() => leaving.abort());
  const query = after ? `?after=${encodeURIComponent(after)}` : "";
  const response = await fetch(`${app.url}/api/live${query}`, {
    headers: { authorization: `Bearer ${token}`, "accept-encoding": "gzip", ...headers },
    signal: leaving.signal,
  });
  const heard: Heard[] = [];
  const waiting = new Set<() => void>();
  const ended = (async () => {
    let text = "";
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += Buffer.from(chunk).toString();
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks.filter((one) => one.startsWith("event:"))) heard.push(parse(block));
      for (const look of waiting) look();
    }
  })().catch(() => {});
  return {
    response,
    heard,
    ended,
    leave: () => leaving.abort(),
    until: (fits: (one: Heard) => boolean) =>
      new Promise<Heard>((resolve) => {
        const look = () => {
          const found = heard.find(fits);
          if (found) resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

function parse(block: string): Heard {
  const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s).slice(0, 2)));
  return { ...fields, data: JSON.parse(fields.data) };
}

const isReady = ({ event }: Heard) => event === "ready";
const names = (id: string) => (one: Heard) => one.event === "change" && one.data.event_ids?.includes(id) === true;

async function publish(): Promise<string> {
  const { status, body } = await asker(app.url, token)("POST", "/api/events", {
    eventType: "live.tested",
    organisationId: "org_live",
    idempotencyKey: randomUUID(),
    data: {},
  });
  expect(status, JSON.stringify(body)).toBeLessThan(300);
  return body.event_id;
}

test("two pages hear of an event, and one of them goes on from where it was", async () => {
  const [one, two] = await Promise.all([follow(), follow()]);
  expect(one.response.headers.get("content-type")).toContain("text/event-stream");
  expect(one.response.headers.get("content-encoding")).toBeNull();
  await Promise.all([one.until(isReady), two.until(isReady)]);

  const full = await fetch(`${app.url}/api/live`, { headers: { authorization: `Bearer ${token}` } });
  expect(full.status).toBe(503);
  expect(full.headers.get("retry-after")).toBe("60");
  expect(full.headers.get("content-type")).toContain("application/problem+json");

  const first = await publish();
  const [heard] = await Promise.all([one.until(names(first)), two.until(names(first))]);
  expect(heard.data.topics).toContain("events");
  expect(JSON.stringify(one.heard)).not.toContain("org_live");

  one.leave();
  const missed = await publish();
  await two.until(names(missed));
  const again = await retried(() => follow({ headers: { "last-event-id": heard.id ?? "" } }));
  await Promise.all([again.until(names(missed)), again.until(isReady)]);
  const order = again.heard.map(({ event }) => event);
  expect(order.indexOf("change")).toBeLessThan(order.indexOf("ready"));
  again.leave();
  two.leave();
});

test("a page that was away too long is told to read everything anew", async () => {
  const stream = await retried(() => follow({ after: "1700000000000~1:1:" }));
  await stream.until(isReady);
  expect(stream.heard[0]?.event).toBe("reset");
  stream.leave();
});

test("nobody else gets it, and who is signed in does", async () => {
  expect((await fetch(`${app.url}/api/live`)).status).toBe(401);
  const publisher = await tokenFor("super_admin", "10m", "events:publish");
  const forbidden = await fetch(`${app.url}/api/live`, { headers: { authorization: `Bearer ${publisher}` } });
  expect(forbidden.status).toBe(403);
  expect(forbidden.headers.get("content-type")).toContain("application/problem+json");
  const cookie = await signIn(app.url, app.adminEmail, app.adminPassword);
  const leaving = new AbortController();
  await retried(async () => {
    const response = await fetch(`${app.url}/api/live`, { headers: { cookie }, signal: leaving.signal });
    return { response };
  });
  leaving.abort();
});

test("the search answers a key with its event, and names what is missing", async () => {
  const ask = asker(app.url, token);
  const id = await publish();
  const { body } = await ask("GET", `/api/search?q=${id}`);
  expect(body.events.map((found: { id: string }) => found.id)).toEqual([id]);
  expect((await ask("GET", `/api/search?q=${encodeURIComponent(body.events[0].event_key)}`)).body.events[0].id).toBe(
    id,
  );
  expect(await ask("GET", "/api/search?q=org_li")).toMatchObject({ body: { organisations: ["org_live"] } });
  expect(await ask("GET", "/api/search?q=")).toMatchObject({ status: 400, body: { field: "q" } });
});

test("a server that stops ends the stream at once, and waits for no connection that nobody used", async () => {
  const unused = net.connect(Number(new URL(app.url).port), "127.0.0.1");
  await once(unused, "connect");
  const stream = await retried(() => follow());
  await stream.until(isReady);
  const stopped = app.stop();
  expect(await Promise.race([stream.ended.then(() => "ended"), stopped])).toBe("ended");
  await stopped;
  // Streams that are still open after ten seconds are cut off.
  const took = Number(/"event":"shutdown","decision":"done","ms":(\d+)/.exec(app.output())?.[1]);
  expect(took).toBeLessThan(10_000);
  unused.destroy();
});

/** The server notices a moment later that a client has left. */
async function retried<T extends { response: Response }>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer.response.status === 200) return answer;
    expect(answer.response.status).toBe(503);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
