/** Destinations and sources as staff manage them: create, test, see it fail, fix, replay, pause; a URL for a provider. */
import { randomUUID } from "node:crypto";
import { expect, type Page, test } from "playwright/test";
import { type Endpoint, startEndpoint } from "../support/endpoint";
import { APP_ENVIRONMENT, tokenFor } from "../support/processes";
import { type AppOnCopy, startOnCopy } from "../support/shared-app";
import { signInAt } from "./sign-in";

const MERCHANT = "org_merchant123";
/** The destination allows one attempt, so that a failure is dead at once. */
const ONE_ATTEMPT = "1";

let app: AppOnCopy;
let merchant: Endpoint;

test.beforeAll(async () => {
  merchant = await startEndpoint();
  app = await startOnCopy(APP_ENVIRONMENT);
});
test.afterAll(async () => {
  await app?.close();
  await merchant?.close();
});

const signIn = (page: Page, path: string) => signInAt(page, app, path);

async function publish(count: number): Promise<void> {
  const authorization = `Bearer ${await tokenFor("super_admin")}`;
  for (let n = 0; n < count; n += 1) {
    const response = await fetch(`${app.url}/api/events`, {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify({
        eventType: "payment.completed",
        organisationId: MERCHANT,
        idempotencyKey: randomUUID(),
        data: { n },
      }),
    });
    expect(response.status).toBe(202);
  }
}

const deliveries = (page: Page, status: string) => page.getByTestId("destination-delivery").filter({ hasText: status });

test("a destination is created, tested, seen to fail, fixed, its failures replayed, paused and released", async ({
  page,
}) => {
  await signIn(page, "/destinations");
  merchant.answer(500);

  await test.step("creating it shows the secret once", async () => {
    await page.getByTestId("destination-add").click();
    await page.getByTestId("destination-name").fill("Acme checkout");
    await page.getByTestId("destination-organisation").fill(MERCHANT);
    await page.getByTestId("event-type").fill("payment.*");
    await page.getByTestId("event-type").press("Enter");
    await page.getByLabel("Attempts").fill(ONE_ATTEMPT);
    await expect(page.getByTestId("schedule-words")).toContainText("1 attempt, no retry");

    await page.getByTestId("destination-url").fill("ftp://127.0.0.1/hook");
    await page.getByTestId("destination-save").click();
    await expect(page.getByRole("alert").first()).toBeVisible();
    await expect(page.getByTestId("destination-url")).toHaveAttribute("aria-invalid", "true");

    await page.getByTestId("destination-url").fill(merchant.url);
    await page.getByTestId("destination-save").click();
    await expect(page.getByTestId("secret")).toHaveValue(/^whsec_\S{20,}$/);
    const secret = await page.getByTestId("secret").inputValue();
    await page.getByTestId("secret-done").click();
    await expect(page).toHaveURL(/\/destinations\/ds_\d+$/);
    await expect(page.getByTestId("destination-state").first()).toHaveText(/Idle/);
    expect(await page.content()).not.toContain(secret);
  });

  await test.step("a test says what the endpoint answered and what to do", async () => {
    await page.getByTestId("destination-test").click();
    await expect(page.getByTestId("test-result")).toHaveAttribute("data-success", "false");
    await expect(page.getByTestId("test-result")).toContainText("500");
    await page.keyboard.press("Escape");
  });

  await test.step("what is published there fails, and the page says so by itself", async () => {
    await publish(3);
    await expect(deliveries(page, "Dead")).toHaveCount(3);
    await expect(page.getByTestId("destination-replay")).toContainText("3");
    await expect(page.getByTestId("destination-hours").locator("table")).toContainText(/3/);
  });

  await test.step("once the endpoint is well, the test passes and replaying what failed delivers it", async () => {
    merchant.answer(200);
    await page.getByTestId("destination-test").click();
    await expect(page.getByTestId("test-result")).toHaveAttribute("data-success", "true");
    await page.keyboard.press("Escape");
    merchant.arrivals.length = 0;

    await page.getByTestId("destination-replay").click();
    await page.getByTestId("replay-reason").fill("The endpoint is repaired");
    await page.getByTestId("replay-confirm").click();
    await expect(page).toHaveURL(/\/replays\/wr_\d+$/);
    await expect(page.getByTestId("outcome-delivered")).toContainText("3");
    expect(merchant.arrivals).toHaveLength(3);

    await page.goto(`${app.url}/destinations`);
    await page.getByTestId("destination-row").filter({ hasText: "Acme checkout" }).getByRole("link").click();
    await expect(deliveries(page, "Delivered")).toHaveCount(3);
    await expect(page.getByTestId("destination-replay")).toHaveCount(0);
  });

  await test.step("paused, events are held; resuming says how many and releases them", async () => {
    await page.getByTestId("destination-pause").click();
    await page.getByTestId("confirm").click();
    await expect(page.getByTestId("destination-state").first()).toHaveText(/Paused/);
    merchant.arrivals.length = 0;
    await publish(4);
    await expect(page.getByTestId("destination-trouble")).toContainText("4 deliveries held");
    expect(merchant.arrivals).toHaveLength(0);

    await page.getByTestId("destination-resume").click();
    await expect(page.getByRole("dialog")).toContainText("4 held deliveries go out");
    await page.getByTestId("confirm").click();
    await expect.poll(() => merchant.arrivals.length).toBe(4);
    await expect(page.getByTestId("destination-state").first()).not.toHaveText(/Paused/);
  });

  await test.step("another host is warned of before it is saved, and gets a secret of its own", async () => {
    await page.getByTestId("destination-edit").click();
    await page.getByTestId("destination-url").fill(merchant.url.replace("127.0.0.1", "localhost"));
    await expect(page.getByTestId("new-secret-warning")).toBeVisible();
    await page.getByTestId("destination-save").click();
    await expect(page.getByTestId("secret")).toHaveValue(/^whsec_/);
    await page.getByTestId("secret-done").click();
    await expect(page.getByText("localhost").first()).toBeVisible();
  });
});

test("a provider's own URL is made, shown once, lets events in, and is refused once it is disabled", async ({
  page,
}) => {
  await signIn(page, "/sources");
  const mitto = page.getByTestId("source-mitto");
  const post = (url: string, id: string) =>
    fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ Id: id, status: "delivered", sendtimestamp: "2026-11-22 08:00:00" }),
    });

  await page.getByTestId("source-add-mitto").click();
  await page.getByLabel("Name").fill("Acme shop");
  await page.getByLabel("Organisation").fill("org_acme");
  await page.getByTestId("source-save").click();
  const url = await page.getByTestId("secret").inputValue();
  expect(url).toMatch(/\/api\/webhooks\/mitto\/\S{32,}$/);
  await page.getByTestId("secret-done").click();
  await expect(mitto.getByTestId("own-source")).toContainText("Acme shop");
  expect(await page.content()).not.toContain(url);

  expect((await post(url, "dlr_1")).status).toBe(200);
  await expect(mitto.getByTestId("own-source")).toContainText("last event");
  expect((await post(`${url}x`, "dlr_2")).status).toBe(401);
  await expect(mitto).toContainText("wrong token");

  await mitto.getByTestId("source-more").click();
  await page.getByRole("menuitem", { name: "Disable…" }).click();
  await page.getByTestId("confirm").click();
  await expect(mitto.getByTestId("own-source")).toContainText("Disabled");
  await expect.poll(async () => (await post(url, "dlr_3")).status, { timeout: 15_000 }).toBe(401);
});
