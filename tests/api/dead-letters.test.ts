/** Dead letters over HTTP: listed by cause, and one group replayed by the filter that names it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { deadLetters } from "@/lib/contract/api/dead-letters";
import { type DeadLetters, filterOfGroup } from "@/lib/contract/dead-letters";
import { printEventFilter } from "@/lib/contract/print-filter";
import { tokenFor, until } from "../support/processes";
import { deadEvents, ONE_TRY } from "../support/replay-story";
import { openApp, type SharedApp } from "../support/shared-app";

let app: SharedApp;
let token: string;

beforeAll(async () => {
  app = await openApp(ONE_TRY);
  token = await tokenFor("super_admin");
}, 300_000);

afterAll(() => app?.close());

async function ask<T>(target: string, body?: unknown): Promise<{ status: number; body: T }> {
  const response = await fetch(`${app.url}${target}`, {
    ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
  });
  return { status: response.status, body: (await response.json()) as T };
}

const groups = async () => (await ask<DeadLetters>("/api/dead-letters")).body;

test("nothing is dead at first", async () => {
  expect(await groups()).toEqual({ groups: [], total: { groups: 0, deliveries: 0, events: 0 } });
});

test("a group is listed, counted and replayed alone by its filter", async () => {
  await deadEvents(app, { count: 3 });
  await app.sql`
    update deliveries set last_error_class = 'http_422', last_http_status = 422, last_error = 'It answered 422.'
    where id = (select min(id) from deliveries)`;
  const listed = await groups();
  expect(deadLetters.parse(listed)).toEqual(listed);
  expect(listed.groups.map(({ count, http_status }) => [count, http_status])).toEqual([
    [2, 503],
    [1, 422],
  ]);
  expect((await ask("/api/rail")).body).toEqual({ dead_letters: 3, running_replays: 0, missing: 0, repaired_24h: 0 });

  const filter = filterOfGroup(listed.groups[0] as DeadLetters["groups"][number]);
  const history = await ask<{ total: number }>(`/api/webhooks/events?${printEventFilter(filter)}&count=1`);
  expect(history.body).toMatchObject({ total: 2 });
  const asked = { selection: { filter }, reason: "the endpoint is back" };
  const { status, body } = await ask<{ id: string; total: number }>("/api/webhooks/replays", asked);
  expect({ status, total: body.total }).toEqual({ status: 202, total: 2 });
  await until("only the other group is left", async () => (await groups()).groups.length === 1);
  expect((await groups()).groups).toMatchObject([{ count: 1, http_status: 422 }]);
});

test("a replay refuses a filter it does not know, rather than widen", async () => {
  const filter = { status: ["dead"], error_groups: ["0123456789abcdef"] };
  expect((await ask("/api/webhooks/replays", { selection: { filter }, reason: "a typing error" })).status).toBe(400);
});
