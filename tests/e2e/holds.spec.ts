/**
 * Everything that holds deliveries back, as staff see it: on the event, on its destination, in the list and on a replay, in
 * words, with who did it and until when. A new hold is an entry here.
 * Long because it lists them.
 */
import { expect, type Page, test } from "playwright/test";
import type postgres from "postgres";
import type { Destination } from "../../lib/contract/destinations";
import type { EventDetail } from "../../lib/contract/events";
import type { Hold, HoldReason } from "../../lib/contract/holds";
import type { Replay } from "../../lib/contract/replays";
import { type RunningApp, startApp } from "../support/app";
import { addDestination, type Endpoint, publish, startEndpoint } from "../support/endpoint";
import { APP_ENVIRONMENT, connectTo, tokenFor, until } from "../support/processes";
import { readWhenAnswered } from "./figures";
import { signInAt } from "./sign-in";

/** Longer than this test: retries do not run by themselves in it. */
const RETRY_MS = 3_600_000;

/** How one hold is made, and its texts. */
interface Case {
  why: HoldReason | "rate";
  settings?: Record<string, string | number>;
  /** Makes the hold, and events that wait for it. Called again when the hold ends while pages are read. */
  make: (place: Place) => Promise<unknown>;
  /** On the event's page. */
  event: (hold: Hold) => RegExp;
  /** At the top of the destination's page; null when nothing is wrong with it. */
  destination: RegExp | null;
  /** In the list of destinations. */
  row: RegExp;
  /** On the page of a replay of delivered events; left out where such a replay skips them. */
  replay?: RegExp;
}

interface Place {
  id: number;
  slug: string;
  endpoint: Endpoint;
}

let app: RunningApp;
let sql: postgres.Sql;
let authorization: string;
const endpoints: Endpoint[] = [];

test.beforeAll(async () => {
  app = await startApp({ env: APP_ENVIRONMENT });
  sql = await connectTo(app.dataDir);
  authorization = `Bearer ${await tokenFor("super_admin")}`;
});
test.afterAll(async () => {
  await sql?.end();
  await app?.stop();
  for (const endpoint of endpoints) await endpoint.close();
});

const CASES: Case[] = [
  {
    why: "circuit",
    make: openCircuit,
    event: ({ until: at }) =>
      new RegExp(`The circuit of hold-circuit is open until ${clock(at)}\\. Then one test delivery`),
    destination: /^Circuit open: .*The next try is in (\d+ min|1 h( \d+ min)?)\..* deliveries wait meanwhile\./s,
    row: /Circuit open.*next try in (\d+ min|1 h( \d+ min)?)/,
    replay: /^3 deliveries wait\. The circuit of hold-circuit is open until [\w ]*,? ?\d\d:\d\d:\d\d\./,
  },
  {
    why: "probe",
    settings: { timeout_ms: 30_000 },
    async make(place) {
      if (!(await holdOf(place.id))) await openCircuit(place);
      place.endpoint.answer(0);
      await sql`update destination_health set probe_at = now() where destination_id = ${place.id} and breaker = 'open'`;
      await until("one is let through", async () => (await holdOf(place.id))?.why === "probe");
    },
    event: () =>
      /The circuit of hold-probe was open\. One test delivery is sent\. When it succeeds, the others follow\./,
    destination: /^Circuit half open: one test delivery is sent\./,
    row: /Trying again/,
  },
  {
    why: "throttled",
    async make({ id, slug, endpoint }) {
      endpoint.answer(429, { "retry-after": "3600" });
      await publish(sql, slug, 1, { from: 10 });
      await until("it is throttled", async () => (await holdOf(id))?.why === "throttled");
      await publish(sql, slug, 1, { from: 11 });
    },
    event: ({ until: at }) => new RegExp(`hold-throttled asked to slow down\\. Deliveries go on at ${clock(at)}\\.`),
    destination:
      /^The endpoint asked to slow down\.Deliveries go on in (\d+ min|1 h( \d+ min)?)\. 2 deliveries wait meanwhile\./,
    row: /Slowed down.*goes on in (\d+ min|1 h( \d+ min)?)/,
    replay: /^3 deliveries wait\. hold-throttled asked to slow down\. Deliveries go on at [\w ]*,? ?\d\d:\d\d:\d\d\./,
  },
  {
    why: "paused",
    async make({ id, slug }) {
      await send(`/api/destinations/ds_${id}/pause`);
      await publish(sql, slug, 2, { from: 10 });
    },
    event: ({ since }) =>
      new RegExp(
        `hold-paused was paused by test-super_admin at ${clock(since)}\\. Deliveries are sent when it is resumed\\.`,
      ),
    destination: /^Paused by test-super_admin.*, with 2 deliveries held\..*nothing is lost/s,
    row: /Paused.*2 held/,
  },
  {
    why: "disabled",
    async make({ id, slug }) {
      await send(`/api/destinations/ds_${id}/disable`, { because: "The till is replaced" });
      await publish(sql, slug, 2, { from: 10 });
    },
    event: () => /hold-disabled was disabled by test-super_admin: The till is replaced\. .*when it is enabled\./,
    destination: /^Disabled by test-super_admin: The till is replaced.*2 deliveries held, nothing is lost\./s,
    row: /Disabled.*The till is replaced/,
  },
  {
    why: "order",
    settings: { ordering: "object" },
    async make({ slug, endpoint }) {
      endpoint.answer(500);
      await publish(sql, slug, 1, { from: 10, objects: 1 });
      await until(
        "the first waits for its retry",
        async () =>
          (
            await sql`
        select from deliveries d join destinations t on t.id = d.destination_id
        where t.slug = ${slug} and d.status = 'retrying'`
          ).length === 1,
      );
      endpoint.answer(200);
      await publish(sql, slug, 1, { from: 11, objects: 1 });
    },
    event: ({ until: at }) =>
      new RegExp(
        `hold-order gets its deliveries in order, and an older one goes first, which is retried at ${clock(at)}`,
      ),
    destination: null,
    row: /Healthy/,
  },
  {
    why: "rate",
    settings: { rate_per_second: 0.01 },
    make: ({ slug }) => publish(sql, slug, 20, { from: 10 }),
    event: () => /Queued\. hold-rate gets at most 0\.01 deliveries a second\./,
    destination: null,
    row: /Healthy/,
  },
];

test("what holds a delivery is said where it is looked for, with who and until when", async ({ page }) => {
  test.setTimeout(1_200_000);
  await signInAt(page, app, "/");
  for (const one of CASES) await test.step(one.why, () => walk(page, one));
});

test("an event that a disabled destination holds says so where it is replayed, and not that it is paused", async ({
  page,
}) => {
  const endpoint = await startEndpoint();
  endpoints.push(endpoint);
  const id = await addDestination(sql, "hold-replayed", endpoint.url, {});
  await send(`/api/destinations/ds_${id}/disable`, { because: "The till is replaced" });
  await publish(sql, "hold-replayed", 1);
  await until("it is held", async () => (await numbers("hold-replayed", "held")).length === 1);
  await signInAt(page, app, `/events/${(await numbers("hold-replayed", "held"))[0]}`);
  await expect(page.getByTestId("replay-button")).toHaveAttribute(
    "aria-description",
    "hold-replayed was disabled by test-super_admin: The till is replaced. Deliveries are sent when it is enabled.",
  );
});

async function walk(page: Page, { why, settings, make, event, destination, row, replay }: Case): Promise<void> {
  const slug = `hold-${why}`;
  const endpoint = await startEndpoint();
  endpoints.push(endpoint);
  const id = await addDestination(sql, slug, endpoint.url, { base_delay_ms: RETRY_MS, max_attempts: 5, ...settings });
  const place: Place = { id, slug, endpoint };
  if (why !== "rate") {
    await publish(sql, slug, 3);
    await until("three are delivered", async () => (await numbers(slug, "delivered")).length === 3);
  }
  const waiting = why === "paused" || why === "disabled" ? "held" : "pending";
  await expect(async () => {
    if ((await numbers(slug, waiting)).length === 0 || why === "probe") await make(place);
    await until("something waits", async () => (await numbers(slug, waiting)).length > 0);
    const last = (await numbers(slug, waiting)).at(-1);
    const answer = await read<EventDetail>(`/api/webhooks/events/${last}`);
    const hold = answer.deliveries[0]?.hold ?? null;
    expect(hold?.why ?? "rate").toBe(why);
    await page.goto(`${app.url}/events/${last}`);
    const timeline = page.getByRole("region", { name: "Timeline" });
    await expect(timeline).toContainText(event(hold as Hold), { timeout: 40_000 });
    await expect(timeline.getByTestId("hold")).toHaveCount(hold ? 1 : 0);

    await page.goto(`${app.url}/destinations/ds_${id}`);
    const banner = page.getByTestId("destination-trouble");
    if (destination) await expect(banner).toContainText(destination, { timeout: 40_000 });
    else await expect(banner).toHaveCount(0, { timeout: 40_000 });

    await page.goto(`${app.url}/destinations`);
    await expect(page.getByTestId("destination-row").filter({ hasText: slug })).toContainText(row, { timeout: 40_000 });
  }).toPass({ timeout: 400_000 });

  if (!replay) return;
  const { id: started } = await send<Replay>("/api/webhooks/replays", {
    selection: { event_ids: (await numbers(slug, "delivered")).slice(0, 3) },
    options: { skipAlreadyApplied: false },
    reason: "The till lost them",
  });
  await page.goto(`${app.url}/replays/${started}`);
  await expect(page.getByTestId("hold").first()).toHaveText(replay);
}

/** Ten failures open it, and later deliveries wait for an hour, so that nothing changes while pages are read. */
async function openCircuit({ id, slug, endpoint }: Place): Promise<void> {
  endpoint.answer(500);
  await publish(sql, slug, 10, { from: 10 });
  await until("the circuit is open", async () => (await holdOf(id))?.why === "circuit");
  await sql`update destination_health set probe_at = now() + interval '1 hour' where destination_id = ${id}`;
  await publish(sql, slug, 2, { from: 30 });
}

async function holdOf(id: number): Promise<Hold | null> {
  return (await read<Destination>(`/api/destinations/ds_${id}`)).hold;
}

/** Events of a destination whose delivery has this status, oldest first. */
async function numbers(slug: string, status: string): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select 'we_' || d.event_id as id from deliveries d join destinations t on t.id = d.destination_id
    where t.slug = ${slug} and d.status = ${status} order by d.id`;
  return rows.map((row) => row.id);
}

function read<Answer>(path: string): Promise<Answer> {
  return readWhenAnswered(`${app.url}${path}`, authorization);
}

async function send<Answer>(path: string, body: unknown = {}): Promise<Answer> {
  const response = await fetch(`${app.url}${path}`, {
    method: "POST",
    headers: { authorization, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  expect(response.ok, JSON.stringify(answer)).toBe(true);
  return answer as Answer;
}

/** A time as the reader's clock shows it, as a regular expression. The day precedes it when it is not today. */
function clock(at: string | null): string {
  return `(?:[\\w ]+, )?${new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" }).format(new Date(String(at)))}`;
}
