/**
 * An outage as staff see it: an endpoint fails, its circuit opens, it is fixed and tested, and what waits is sent; one trial
 * fails, one passes. At each step every figure on every page equals the API's.
 */
import { expect, type Page, test } from "playwright/test";
import type postgres from "postgres";
import type { Destination } from "../../lib/contract/destinations";
import type { Replay } from "../../lib/contract/replays";
import { stripeEvent } from "../../lib/providers/stripe/sample";
import { sign } from "../fixtures/sign";
import { type RunningApp, startApp } from "../support/app";
import { addDestination, type Endpoint, publish, startEndpoint } from "../support/endpoint";
import { post } from "../support/load";
import { APP_ENVIRONMENT, connectTo, tokenFor, until } from "../support/processes";
import { expectFiguresToAgree, readWhenAnswered } from "./figures";
import { signInAt } from "./sign-in";

/** Longer than this test: retries do not run by themselves in it. */
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
  // An alert would take the place of what the overview says of the same; alerts.spec.ts is about that.
  await sql`update alert_rules set enabled = false`;
  authorization = `Bearer ${await tokenFor("super_admin")}`;
  destinationId = await addDestination(sql, SLUG, endpoint.url, { base_delay_ms: RETRY_MS, max_attempts: 3 });
});
test.afterAll(async () => {
  await sql?.end();
  await app?.stop();
  await endpoint?.close();
});

const read = <T>(path: string) => readWhenAnswered<T>(`${app.url}${path}`, authorization);
const deliveries = async (status: string) =>
  (await sql<{ n: number }[]>`select count(*)::int as n from deliveries where status = ${status}`)[0]?.n ?? 0;

/** Compares every figure of every page with the API, see figures.ts. */
const figuresAgree = (page: Page, events: string[], replays: string[] = []) =>
  expectFiguresToAgree(page, app.url, read, { destination: `ds_${destinationId}`, slug: SLUG, events, replays });

/** The event that was published with this number. */
async function eventNumber(n: number): Promise<string> {
  const [event] = await sql<{ id: string }[]>`
    select 'we_' || id as id from events where event_key = ${`${SLUG}-${n}`}`;
  return String(event?.id);
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

/** Two that are accepted and one that is rejected, so that no figure of another provider is zero. */
async function sendStripe(): Promise<void> {
  for (const [n, tampered] of [false, false, true].entries()) {
    const body = Buffer.from(JSON.stringify(stripeEvent({ type: "invoice.payment_failed", id: `evt_outage_${n}` })));
    const headers = sign("stripe", body, { tampered }) as [string, string][];
    // Sent again while the answer is 503, as Stripe does.
    await expect(async () => {
      const answer = await post(new URL("/api/webhooks/stripe", app.url), body, headers);
      expect(answer).toMatchObject({ status: tampered ? 400 : 200 });
    }).toPass({ timeout: 120_000 });
  }
}

test("an endpoint fails, is mended and catches up, and every figure is the same everywhere", async ({ page }) => {
  // Some eighty pages, each read until neither it nor the API changes.
  test.setTimeout(1_200_000);
  await signInAt(page, app, "/");
  await sendStripe();
  await publish(sql, SLUG, 1);
  const first = await eventNumber(0);

  await test.step("all is well", async () => {
    await until("it is delivered", async () => (await deliveries("delivered")) === 3);
    await figuresAgree(page, [first]);
  });

  await test.step("its circuit opens: what waits is not denied", async () => {
    endpoint.answer(500);
    await publish(sql, SLUG, 10, { from: 1 });
    await until("the circuit is open", async () => {
      const { hold } = await read<Destination>(`/api/destinations/ds_${destinationId}`);
      return hold?.why === "circuit";
    });
    // So that nothing changes while pages are compared.
    await sql`update destination_health set probe_at = now() + interval '1 hour' where destination_id = ${destinationId}`;
    await publish(sql, SLUG, 4, { from: 11 });
    await figuresAgree(page, [await eventNumber(1), await eventNumber(14)]);
  });

  await test.step("mended and tested, the waiting ones are sent from the test's result", async () => {
    endpoint.answer(200);
    await page.goto(`${app.url}/destinations/ds_${destinationId}`);
    await page.getByTestId("destination-test").click();
    await expect(page.getByTestId("test-result")).toHaveAttribute("data-success", "true");
    const send = page.getByRole("dialog").getByTestId("try-now");
    await expect(send).toHaveText("Send the 14 waiting now");
    await send.click();
    await until("all 14 are delivered", async () => (await deliveries("delivered")) === 17);
    await expect(page.getByTestId("destination-trouble")).toHaveCount(0);
    await figuresAgree(page, [await eventNumber(1)]);
  });

  let failed = "";
  await test.step("a trial that fails stops at once and says so", async () => {
    await sql`update destinations set max_attempts = 1 where id = ${destinationId}`;
    endpoint.answer(422);
    await publish(sql, SLUG, 37, { from: 100 });
    await until("37 are dead", async () => (await deliveries("dead")) === 37);
    await figuresAgree(page, [await eventNumber(100)]);
    await sql`update destinations set max_attempts = 3 where id = ${destinationId}`;
    endpoint.answer(500);
    failed = await replayDead();
    await ended(failed, "stopped");
    await figuresAgree(page, [await eventNumber(100)], [failed]);
    await page.goto(`${app.url}/replays/${failed}`);
    await expect(page.getByTestId("replay-verdict")).toContainText(/Trial: \d of 5 failed, the limit is 20 %\./);
  });

  await test.step("what a person resolved is dead nowhere", async () => {
    const response = await fetch(`${app.url}/api/webhooks/events/resolve`, {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify({ event_ids: [await eventNumber(135), await eventNumber(136)], reason: "Sent by hand" }),
    });
    expect(response.status).toBe(200);
    await figuresAgree(page, [await eventNumber(136)], [failed]);
  });

  await test.step("a trial that holds lets the rest go", async () => {
    endpoint.answer(200);
    const { hold } = await read<Destination>(`/api/destinations/ds_${destinationId}`);
    if (hold) await sql`update destination_health set probe_at = now() where destination_id = ${destinationId}`;
    const id = await replayDead();
    await ended(id, "completed");
    await figuresAgree(page, [await eventNumber(100)], [failed, id]);
    await page.goto(`${app.url}/replays/${id}`);
    await expect(page.getByTestId("replay-verdict")).toContainText("recovered.");
  });

  await test.step("paused, what comes is held", async () => {
    await page.goto(`${app.url}/destinations/ds_${destinationId}`);
    await page.getByTestId("destination-pause").click();
    await page.getByTestId("confirm").click();
    await expect(page.getByTestId("destination-state").first()).toHaveText("Paused");
    await publish(sql, SLUG, 3, { from: 200 });
    // Including those that waited for a retry.
    await until(
      "what waits is held",
      async () => (await deliveries("held")) >= 3 && (await deliveries("pending")) === 0,
    );
    await figuresAgree(page, [await eventNumber(200)]);
  });
});
