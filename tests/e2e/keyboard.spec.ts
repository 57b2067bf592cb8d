/**
 * Three people's days without a mouse: support recovers a payment event, an administrator follows a fallen rate to its cause
 * and clears the dead letters, and makes a token that works.
 */
import { expect, type Locator, type Page, test } from "playwright/test";
import type postgres from "postgres";
import type { DestinationWithSecret } from "@/lib/contract/destinations";
import { type Endpoint, startEndpoint } from "../support/endpoint";
import { appEnvironment, tokenFor, until } from "../support/processes";
import { type AppOnCopy, startOnCopy } from "../support/shared-app";
import { type AgentSdk, startAgentSdk } from "../tools/agent-sdk";
import { hydrated } from "./sign-in";

/** More than any page of this test needs. */
const MOST_TABS = 120;

let app: AppOnCopy;
let agent: AgentSdk;
let shop: Endpoint;
let sql: postgres.Sql;

test.beforeAll(async () => {
  agent = await startAgentSdk({ port: 0 });
  shop = await startEndpoint();
  app = await startOnCopy(appEnvironment(agent));
  sql = app.sql;
});
test.afterAll(async () => {
  await app?.close();
  await shop?.close();
  await agent?.close();
});

async function api<Answer>(path: string, body: unknown): Promise<Answer> {
  const response = await fetch(app.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${await tokenFor("super_admin")}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(response.ok, await response.clone().text()).toBe(true);
  return response.json() as Promise<Answer>;
}

/** Payments a merchant's endpoint refused, by their idempotency keys. */
async function deadPayments(...keys: string[]): Promise<void> {
  // 422 is about one event: the circuit stays closed.
  shop.answer(422);
  await api(
    "/api/events",
    keys.map((idempotencyKey) => ({
      eventType: "payment.completed",
      organisationId: "org_merchant123",
      idempotencyKey,
      data: { amount: 4_200, currency: "eur" },
    })),
  );
  await until(
    `${keys.join(", ")} are dead`,
    async () => {
      const [row] = await sql`select count(*)::int from events where status = 'dead' and provider = 'platform'`;
      return row?.count >= keys.length;
    },
    60_000,
  );
}

/** Presses Tab until it has the focus, as a person without a mouse does. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let n = 0; n < MOST_TABS; n += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${MOST_TABS} times Tab did not lead to ${target}.`);
}

async function press(page: Page, target: Locator): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press("Enter");
}

async function write(page: Page, target: Locator, words: string): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.type(words);
}

test("support, administrator and engineer do their day by keyboard alone", async ({ page }) => {
  await api<DestinationWithSecret>("/api/destinations", {
    name: "Merchant 123",
    url: shop.url,
    organisation_id: "org_merchant123",
    max_attempts: 1,
  });
  await deadPayments("pay_lost");

  await test.step("signing in", async () => {
    await page.goto(`${app.url}/events`);
    await write(page, page.getByTestId("sign-in-email"), app.adminEmail);
    await write(page, page.getByTestId("sign-in-password"), app.adminPassword);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(`${app.url}/events`);
    await expect(page.getByTestId("event-row").first()).toBeVisible();
    await hydrated(page);
  });

  await test.step("a payment is found by its key, and replayed from its page", async () => {
    await page.keyboard.press("Control+k");
    await expect(page.getByTestId("search-input")).toBeFocused();
    await page.keyboard.type("pay_lost");
    await expect(page.getByRole("option", { name: /pay_lost/ })).toBeVisible();
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/events\/we_\d+/);
    await expect(page.getByTestId("event-status").first()).toHaveText(/Dead/);
    shop.answer(200);
    await page.keyboard.press("r");
    await write(page, page.getByTestId("replay-reason"), "The shop is back");
    await press(page, page.getByTestId("replay-confirm"));
    await expect(page.getByTestId("event-status").first()).toHaveText(/Replayed/);
  });

  await test.step("the overview's fallen figure leads to the cause, and the group is cleared", async () => {
    await deadPayments("pay_a", "pay_b", "pay_c");
    await page.keyboard.press("g");
    await page.keyboard.press("o");
    await expect(page).toHaveURL(`${app.url}/`);
    await press(
      page,
      page
        .getByRole("main")
        .getByRole("link", { name: /dead letters/i })
        .first(),
    );
    await expect(page).toHaveURL(/dead/);
    await page.keyboard.press("g");
    await page.keyboard.press("d");
    await expect(page.getByTestId("dead-letter-group")).toHaveCount(1);
    shop.answer(200);
    await press(page, page.getByTestId("replay-group"));
    await expect(page.getByTestId("preview-outcome")).toHaveText("3 deliveries run, none is skipped.");
    await write(page, page.getByTestId("replay-reason"), "The shop is back");
    await press(page, page.getByTestId("replay-confirm"));
    await expect(page.getByTestId("replay-verdict")).toHaveText("All 3 recovered.");
  });

  await test.step("a token is made and reads events", async () => {
    await page.keyboard.press("Control+k");
    await expect(page.getByTestId("search-input")).toBeFocused();
    await page.keyboard.type("API tokens");
    await expect(page.getByRole("option", { name: /API tokens/ }).first()).toBeVisible();
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/settings\/tokens/);
    await press(page, page.getByTestId("create-token"));
    await write(page, page.getByTestId("token-name"), "billing monitor");
    await press(page, page.getByTestId("token-confirm"));
    const token = await page.getByTestId("secret").inputValue();
    await press(page, page.getByTestId("secret-copy"));
    await press(page, page.getByTestId("secret-done"));
    const response = await fetch(`${app.url}/api/webhooks/events`, { headers: { authorization: `Bearer ${token}` } });
    expect(response.status).toBe(200);
  });
});
