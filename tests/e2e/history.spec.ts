/** The history by keyboard alone: search, walk, select, open, come back; a range of time; a saved view. */

import { expect, type Page, test } from "playwright/test";
import type postgres from "postgres";
import { stripeEvent } from "../../lib/providers/stripe/sample";
import { sign } from "../fixtures/sign";
import { APP_ENVIRONMENT, until } from "../support/processes";
import { type AppOnCopy, startOnCopy } from "../support/shared-app";
import { signInAt } from "./sign-in";

let app: AppOnCopy;
let sql: postgres.Sql;
const keys: string[] = [];

test.beforeAll(async () => {
  app = await startOnCopy(APP_ENVIRONMENT);
  sql = app.sql;
  for (let n = 0; n < 6; n += 1) {
    const event = stripeEvent({ type: "customer.subscription.created", customer: `cus_history${n}` });
    const body = JSON.stringify(event);
    const headers = sign("stripe", body) as [string, string][];
    const { status } = await fetch(`${app.url}/api/webhooks/stripe`, { method: "POST", headers, body });
    expect(status).toBe(200);
    keys.unshift(event.id);
  }
  await until("all are processed", async () => {
    const [row] = await sql`select count(*)::integer as n from events where status = 'processed'`;
    return row?.n === 6;
  });
});
test.afterAll(async () => {
  await app?.close();
});

async function signIn(page: Page): Promise<void> {
  await signInAt(page, app, "/events");
  await expect(page.getByTestId("event-row")).toHaveCount(6);
  await expect(page.getByTestId("histogram-total")).toHaveText("6 events");
}

const current = (page: Page) => page.locator("[data-current]");

test("is searched, walked, selected, opened and left again without a mouse", async ({ page }) => {
  await signIn(page);
  await page.keyboard.press("/");
  await expect(page.getByLabel("Search event keys")).toBeFocused();
  await page.keyboard.type("EVT_");
  await expect(page).toHaveURL(/q=EVT_/);
  await page.keyboard.press("Enter");

  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await expect(current(page)).toHaveCount(1);
  await expect(current(page)).toContainText(String(keys[1]?.slice(-4)));
  await page.keyboard.press("x");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("x");
  await expect(page.getByTestId("selected-count")).toHaveText("2 selected");
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("selected-count")).toHaveCount(0);

  await page.keyboard.press("k");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/events\/we_\d+\?in=q%3DEVT_$/);
  await page.goBack();
  await expect(current(page)).toContainText(String(keys[1]?.slice(-4)));

  await page.keyboard.press("r");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("is narrowed to a range of the histogram by keyboard, and kept as a view", async ({ page }) => {
  await signIn(page);
  await page.getByTestId("histogram-brush").focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Shift+ArrowLeft");
  await page.keyboard.press("Shift+ArrowLeft");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/from_ts=.+&to_ts=/);
  await expect(page.getByTestId("event-row")).toHaveCount(6);
  await expect(page.getByTestId("histogram-total")).toHaveText("6 events");
  await page.getByRole("button", { name: "Clear range" }).click();
  await expect(page).toHaveURL(`${app.url}/events`);

  await page.goto(`${app.url}/events?provider_slug=stripe`);
  await page.getByTestId("views-menu").click();
  await page.getByTestId("save-view").click();
  await page.getByTestId("view-name").fill("All of Stripe");
  await page.getByTestId("save-view-confirm").click();
  await expect(page.getByText("Saved as “All of Stripe”, under Views.")).toBeVisible();

  await page.goto(`${app.url}/events`);
  await page.getByTestId("views-menu").click();
  await page.getByRole("link", { name: "All of Stripe" }).click();
  await expect(page).toHaveURL(/provider_slug=stripe/);
  await page.getByTestId("views-menu").click();
  await page.getByRole("button", { name: "Delete the view All of Stripe" }).click();
  await expect(page.getByText("None saved yet.")).toBeVisible();
  await page.keyboard.press("Escape");

  await page.getByTestId("view-menu").click();
  await page.getByRole("checkbox", { name: "Attempts" }).uncheck();
  await page.getByRole("button", { name: "Comfortable" }).click();
  await page.reload();
  await expect(page.getByRole("columnheader", { name: "Deliveries" })).toBeVisible();
  await expect(page.getByRole("columnheader", { name: "Attempts" })).toHaveCount(0);
});
