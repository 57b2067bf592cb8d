/**
 * An outage as staff live through it: an endpoint fails, its circuit opens, it is mended, tested, and what waits is sent; a
 * trial that fails, a trial that holds. At each step every figure on every page is the API's.
 */
import { expect, type Page, test } from "playwright/test";
import type postgres from "postgres";
import type { Analytics } from "../../lib/contract/analytics";
import type { Destination } from "../../lib/contract/destinations";
import type { Replay, ReplaySummary } from "../../lib/contract/replays";
import { type RunningApp, startApp } from "../support/app";
import { addDestination, type Endpoint, publish, startEndpoint } from "../support/endpoint";
import { APP_ENVIRONMENT, connectTo, tokenFor, until } from "../support/processes";
import { signInAt } from "./sign-in";

/** Longer than the walk: what is retried then is not retried by itself here. */
const RETRY_MS = 3_600_000;
const SLUG = "bistro-lumen-till";

let app: RunningApp;
let sql: postgres.Sql;
let endpoint: Endpoint;
let destinationId: number;
let authorization: string;

test.beforeAll(async () => {
  endpoint = await startEndpoint();
  app = await startApp({ env: APP_ENVIRONMENT });
  sql = await connectTo(app.dataDir);
  authorization = `Bearer ${await tokenFor("super_admin")}`;
  destinationId = await addDestination(sql, SLUG, endpoint.url, { base_delay_ms: RETRY_MS, max_attempts: 3 });
});
test.afterAll(async () => {
  await sql?.end();
  await app?.stop();
  await endpoint?.close();
});

const read = async <T>(path: string): Promise<T> =>
  (await (await fetch(`${app.url}${path}`, { headers: { authorization } })).json()) as T;
const deliveries = async (status: string) =>
  (await sql<{ n: number }[]>`select count(*)::int as n from deliveries where status = ${status}`)[0]?.n ?? 0;
const thousands = (value: number) => new Intl.NumberFormat("en-GB").format(value);

/** Every page that shows a figure of this outage, compared with the API at a moment when both stand still. */
async function figuresAgree(page: Page, replayId?: string): Promise<void> {
  await expect(async () => {
    const { waiting } = await read<Analytics>("/api/webhooks/analytics?range=24h");
    const { destinations } = await read<{ destinations: Destination[] }>("/api/destinations");
    const { replays } = await read<{ replays: Replay[] }>("/api/webhooks/replays");
    const one = destinations.find(({ id }) => id === `ds_${destinationId}`) as Destination;
    const sum = (pick: "waiting" | "held") => destinations.reduce((total, { health }) => total + health[pick], 0);
    expect([sum("waiting"), sum("held")]).toEqual([waiting.count, waiting.held]);
    const listed = await read<{ total: number }>("/api/webhooks/events?delivery_status=pending,retrying&count=1");
    expect(listed.total).toBe(waiting.count);

    await page.goto(`${app.url}/`);
    const tile = page.locator("dl > div").filter({ hasText: "Oldest due delivery" });
    const free = waiting.count - waiting.blocked;
    const back = waiting.blocked + waiting.held;
    await expect(tile).toContainText(
      back > 0 ? `${thousands(back)} held back` : free > 0 ? "due or planned" : "nothing pending",
      { timeout: 2_000 },
    );
    if (waiting.oldest_due_seconds === null) await expect(tile).toContainText("none", { timeout: 2_000 });
    for (const [n, replay] of replays.slice(0, 4).entries()) {
      const shown = page.getByTestId("newest-replay-result").nth(n);
      await expect(shown).toHaveText(resultOf(replay), { timeout: 5_000 });
    }

    await page.goto(`${app.url}/replays`);
    for (const [n, replay] of replays.entries())
      await expect(page.getByTestId("replay-result").nth(n)).toHaveText(resultOf(replay), { timeout: 2_000 });

    await page.goto(`${app.url}/destinations`);
    const row = page.getByTestId("destination-row").filter({ hasText: SLUG });
    await expect(row.locator("td").nth(6)).toHaveText(thousands(one.health.waiting), { timeout: 2_000 });
    await expect(row.locator("td").nth(7)).toHaveText(thousands(one.health.held), { timeout: 2_000 });

    await page.goto(`${app.url}/destinations/ds_${destinationId}`);
    const banner = page.getByTestId("destination-trouble");
    if (one.hold?.why === "circuit") {
      await expect(banner).toContainText(`${thousands(one.health.waiting)} deliver`, { timeout: 2_000 });
      await expect(banner.getByTestId("try-now")).toBeVisible({ timeout: 2_000 });
    }

    if (replayId) {
      const { total, succeeded, failed, skipped, in_progress, summary } = await read<
        Replay & { summary: ReplaySummary }
      >(`/api/webhooks/replays/${replayId}`);
      expect(succeeded + failed + skipped + in_progress).toBeLessThanOrEqual(total);
      await page.goto(`${app.url}/replays/${replayId}`);
      await expect(page.getByLabel("Progress").first()).toContainText(
        `${thousands(succeeded + failed + skipped)} of ${thousands(total)} done`,
        { timeout: 2_000 },
      );
      if (summary.trial) {
        await expect(page.getByTestId("trial")).toHaveAttribute("data-state", summary.trial.state, { timeout: 2_000 });
        await expect(page.getByTestId("trial")).toContainText(
          summary.trial.state === "failed"
            ? `Trial: ${summary.trial.failed} of ${summary.trial.size} failed`
            : `Trial passed`,
          { timeout: 2_000 },
        );
      }
    }
    // What could not be true: a next try in the past, more attempts than there are.
    await expect(page.locator("main")).not.toContainText(/next (attempt )?\d+ \w+ ago|\bof \d+ used/i, {
      timeout: 2_000,
    });
  }).toPass({ timeout: 90_000 });
}

/** What lists say of a replay, from the API's counts alone. */
function resultOf({ status, total, succeeded, failed, skipped }: Replay): string {
  if (["running", "queued", "paused"].includes(status))
    return `${thousands(succeeded + failed + skipped)} of ${thousands(total)} done`;
  const ran = succeeded + failed;
  return ran === 0 ? "none ran" : `${thousands(succeeded)} of ${thousands(ran)} recovered`;
}

async function replayDead(): Promise<string> {
  const response = await fetch(`${app.url}/api/webhooks/replays`, {
    method: "POST",
    headers: { authorization, "content-type": "application/json" },
    body: JSON.stringify({
      selection: { filter: { destination: [SLUG], delivery_status: ["dead"] } },
      options: { canary: 5, stopOnFailureRate: 0.2 },
      reason: "The till is mended, ticket 4711",
    }),
  });
  const { id } = (await response.json()) as Replay;
  expect(id).toMatch(/^wr_\d+$/);
  return id;
}

const ended = (id: string, status: string) =>
  until(`${id} is ${status}`, async () => (await read<Replay>(`/api/webhooks/replays/${id}`)).status === status);

test("an endpoint fails, is mended and catches up, and every figure is the same everywhere", async ({ page }) => {
  await signInAt(page, app, "/");

  await test.step("its circuit opens: what waits is not denied", async () => {
    endpoint.answer(500);
    await publish(sql, SLUG, 10);
    await until("the circuit is open", async () => {
      const { hold } = await read<Destination>(`/api/destinations/ds_${destinationId}`);
      return hold?.why === "circuit";
    });
    await publish(sql, SLUG, 4, { from: 10 });
    await figuresAgree(page);
  });

  await test.step("mended and tested, the waiting ones are sent from the test's result", async () => {
    endpoint.answer(200);
    await page.goto(`${app.url}/destinations/ds_${destinationId}`);
    await page.getByTestId("destination-test").click();
    await expect(page.getByTestId("test-result")).toHaveAttribute("data-success", "true");
    const send = page.getByRole("dialog").getByTestId("try-now");
    await expect(send).toHaveText("Send the 14 waiting now");
    await send.click();
    await until("all 14 are delivered", async () => (await deliveries("delivered")) === 14);
    await expect(page.getByTestId("destination-trouble")).toHaveCount(0);
    await figuresAgree(page);
  });

  await test.step("a trial that fails stops at once and says so", async () => {
    await sql`update destinations set max_attempts = 1 where id = ${destinationId}`;
    endpoint.answer(422);
    await publish(sql, SLUG, 37, { from: 100 });
    await until("37 are dead", async () => (await deliveries("dead")) === 37);
    await sql`update destinations set max_attempts = 3 where id = ${destinationId}`;
    endpoint.answer(500);
    const id = await replayDead();
    await ended(id, "stopped");
    await figuresAgree(page, id);
    await expect(page.getByTestId("replay-verdict")).toContainText(/Trial: \d of 5 failed, the limit is 20 %\./);
  });

  await test.step("a trial that holds lets the rest go", async () => {
    endpoint.answer(200);
    const { hold } = await read<Destination>(`/api/destinations/ds_${destinationId}`);
    if (hold) await sql`update destination_health set probe_at = now() where destination_id = ${destinationId}`;
    const id = await replayDead();
    await ended(id, "completed");
    await figuresAgree(page, id);
    await expect(page.getByTestId("replay-verdict")).toContainText("recovered.");
  });
});
