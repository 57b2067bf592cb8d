/** Replays over the console's API: drafts, steering, exports, roles, and one replay for repeated requests. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { curl } from "../support/curl";
import { tokenFor, until } from "../support/processes";
import { deadEvents, ONE_TRY } from "../support/replay-story";
import { openApp, type SharedApp } from "../support/shared-app";

let app: SharedApp;
let admin: string;
let support: string;
let viewer: string;

beforeAll(async () => {
  app = await openApp({ ...ONE_TRY, REPLAY_MAX_CONCURRENT: "50" });
  [admin, support, viewer] = await Promise.all([tokenFor("super_admin"), tokenFor("support"), tokenFor("viewer")]);
}, 300_000);
afterAll(() => app?.close());

const get = (path: string, token = admin) => curl("GET", `${app.url}${path}`, { token });
const post = (path: string, json: unknown, token = admin, headers: string[] = []) =>
  curl("POST", `${app.url}${path}`, { token, json, headers });

async function ended(id: string) {
  const status = async () => (await get(`/admin/webhooks/replays/${id}/status`)).body;
  await until(`${id} has ended`, async () => (await status()).completedAt !== null);
  return status();
}

test("the same Idempotency-Key twice within 100 ms is one replay [F17]", async () => {
  const event_ids = await deadEvents(app, { count: 2 });
  const ask = (json: object) =>
    fetch(`${app.url}/api/webhooks/replays`, {
      method: "POST",
      headers: { authorization: `Bearer ${admin}`, "idempotency-key": "click 1" },
      body: JSON.stringify({ reason: "clicked twice", ...json }),
    });
  const answers = await Promise.all(Array.from({ length: 8 }, () => ask({ selection: { event_ids } })));
  const bodies = (await Promise.all(answers.map((answer) => answer.json()))) as { replay_id: string }[];
  expect(answers.map((answer) => answer.status)).toEqual(Array(8).fill(202));
  expect(new Set(bodies.map((body) => body.replay_id)).size).toBe(1);
  expect(await ended(bodies[0]?.replay_id ?? "")).toMatchObject({ progress: { total: 2, successful: 2 } });
  expect((await ask({ selection: { event_ids: event_ids.slice(1) } })).status).toBe(422);

  await deadEvents(app, { count: 1, provider: "moving" });
  const moving = { selection: { filter: { provider_slug: "moving", range: "1h" } }, reason: "a moving range" };
  const twice = await Promise.all(
    [0, 1].map(() => post("/api/webhooks/replays", moving, admin, ["Idempotency-Key: m"])),
  );
  expect(new Set(twice.map(({ body }) => body.replay_id)).size).toBe(1);
});

test("the console drafts, previews, starts, pauses, resumes, lists items and cancels", async () => {
  const event_ids = await deadEvents(app, { count: 4 });
  const options = { batchSize: 1, delayBetweenBatches: 2 };
  const draft = await post("/api/webhooks/replays", {
    selection: { event_ids },
    options,
    reason: "by hand",
    draft: true,
  });
  expect([draft.status, draft.body.status]).toEqual([201, "draft"]);
  const replay = `/api/webhooks/replays/${draft.body.id}`;
  expect((await get(`${replay}/preview`)).body).toMatchObject({ to_run: 4, estimated_seconds: expect.any(Number) });
  expect((await post(`${replay}/start`, {})).body.status).toBe("running");
  expect((await post(`${replay}/pause`, {})).body.status).toBe("paused");
  expect((await post(`${replay}/resume`, {})).body.status).toBe("running");
  expect((await get("/api/webhooks/replays?status=running,paused&q=by%20hand")).body.replays[0].id).toBe(draft.body.id);
  expect((await post(`${replay}/cancel`, {})).body.status).toBe("cancelled");
  expect((await post(`${replay}/resume`, {})).status).toBe(409);
  await until("what was at the endpoint has ended", async () => (await get(replay)).body.in_progress === 0);
  const { items, next_after } = (await get(`${replay}/items?outcome=skipped&limit=1`)).body;
  expect(items).toMatchObject([{ skip_reason: "cancelled" }]);
  expect(next_after).toBe(items[0].position);
});

test("an export is a file with every item, and no cell of it is a formula [S41] [D12]", async () => {
  const ids = await deadEvents(app, { count: 1, keys: '=HYPERLINK("http://evil")' });
  await deadEvents(app, { count: 1, keys: "+1" });
  const { body } = await post("/admin/webhooks/replay-batch", { eventIds: ids });
  await ended(body.replayId);
  const csv = await get(`/api/webhooks/replays/${body.replayId}/export?format=csv`);
  expect(csv.headers["content-disposition"]).toBe(`attachment; filename="${body.replayId}.csv"`);
  expect(csv.headers["content-type"]).toContain("text/csv");
  const [head, line, end] = csv.text.split("\r\n");
  expect(head).toMatch(/^"position","event_id","provider","event_key"/);
  expect(line).toContain(`"1","${ids[0]}","chatwoot","'=HYPERLINK(""http://evil"")1"`);
  expect(end).toBe("");
  const json = await get(`/api/webhooks/replays/${body.replayId}/export?format=json`);
  const { items } = (await get(`/api/webhooks/replays/${body.replayId}/items`)).body;
  expect(json.body).toEqual(
    items.map((item: object) => ({
      ...item,
      replay: expect.objectContaining({ reason: expect.any(String), selection: expect.anything() }),
    })),
  );
});

test("events are resolved by hand, only when they failed, and with a reason", async () => {
  const event_ids = await deadEvents(app, { count: 2 });
  const resolve = (json: object) => post("/api/webhooks/events/resolve", json, support);
  expect((await resolve({ event_ids })).status).toBe(400);
  expect((await resolve({ event_ids, reason: "refunded by hand" })).body).toMatchObject({
    resolved: 2,
    not_resolved: 0,
  });
  expect((await resolve({ event_ids, reason: "refunded by hand" })).status).toBe(409);
});

describe("roles", () => {
  const ids = (count: number) => Array.from({ length: count }, (_, n) => `we_${800_000 + n}`);
  const filter = { selection: { filter: { status: ["dead"] }, limit: 1 }, reason: "all of them", draft: true };

  test("a viewer looks, support replays up to a hundred that were chosen, an administrator everything [S36]", async () => {
    const [id] = await deadEvents(app, { count: 1 });
    const choose = (count: number) => ({
      selection: { event_ids: [id, ...ids(count - 1)] },
      reason: "chosen",
      draft: true,
    });
    const ask = async (token: string, body: object) => (await post("/api/webhooks/replays", body, token)).status;
    expect(await Promise.all([viewer, support, admin].map((token) => ask(token, choose(100))))).toEqual([
      403, 201, 201,
    ]);
    expect(await Promise.all([viewer, support, admin].map((token) => ask(token, choose(101))))).toEqual([
      403, 403, 201,
    ]);
    expect(await Promise.all([viewer, support, admin].map((token) => ask(token, filter)))).toEqual([403, 403, 201]);
    const { body } = await post("/api/webhooks/replays", filter);
    for (const action of ["start", "resume"]) {
      expect((await post(`/api/webhooks/replays/${body.id}/${action}`, {}, support)).status).toBe(403);
    }
    expect((await post(`/api/webhooks/replays/${body.id}/cancel`, {}, support)).status).toBe(200);
    expect((await get("/api/webhooks/replays", viewer)).status).toBe(200);
  });

  test("every action is an audit row", async () => {
    const rows = await app.sql`select distinct action from staff_actions where actor_id = 'test-support' order by 1`;
    expect(rows.map(({ action }) => action)).toEqual(["event.resolve", "replay.cancel"]);
  });
});

test("the dead letter queue is the same engine: one, or all with what matched and the limit", async () => {
  const [id] = await deadEvents(app, { count: 2 });
  const one = await post("/api/webhooks/dlq", { webhook_id: id });
  expect(one.body).toMatchObject({ success: true, queued: 1, matched: 1 });
  await ended(one.body.replay_id);
  const all = await post("/api/webhooks/dlq", { retry_all: true });
  expect(all.body).toMatchObject({ success: true, limit: 500 });
  expect(all.body.matched).toBeGreaterThan(0);
  await ended(all.body.replay_id);
  expect((await post("/api/webhooks/dlq", { retry_all: true })).body).toMatchObject({ success: true, queued: 0 });
});

test("the API describes itself to everybody, as JSON and as a page", async () => {
  const { body } = await curl("GET", `${app.url}/api/openapi.json`);
  expect(body).toMatchObject({ openapi: "3.1.1" });
  const page = await curl("GET", `${app.url}/api-reference`);
  expect(page.status).toBe(200);
  expect(Object.keys(body.paths).filter((path) => !page.text.includes(`>${path}<`))).toEqual([]);
  expect(/(src|href)="https?:/.test(page.text)).toBe(false);
});
