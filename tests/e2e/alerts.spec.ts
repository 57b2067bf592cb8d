/** What a person does when something fires: read why, acknowledge, see it resolve; and how a rule is tested before it is changed. */
import { type Browser, expect, type Page, test } from "playwright/test";
import type postgres from "postgres";
import { shiftClock } from "../support/clock";
import { addDestination, type Endpoint, publish, startEndpoint } from "../support/endpoint";
import { APP_ENVIRONMENT, until } from "../support/processes";
import { type AppOnCopy, startOnCopy } from "../support/shared-app";
import { signInAt } from "./sign-in";

const SLUG = "harbor-till";
const PASSWORD = "seven quiet lighthouses";
let app: AppOnCopy;
let sql: postgres.Sql;
let endpoint: Endpoint;

test.beforeAll(async () => {
  endpoint = await startEndpoint();
  app = await startOnCopy(APP_ENVIRONMENT);
  sql = app.sql;
  await addDestination(sql, SLUG, endpoint.url, { max_attempts: 1 });
});
test.afterAll(async () => {
  await app?.close();
  await endpoint?.close();
});
test.describe.configure({ mode: "serial" });

/** As the app's own worker does, which may be at it, without waiting for the next minute. */
async function evaluateNow(): Promise<void> {
  await until("rules are evaluated", async () => {
    await sql`update alert_series set evaluate_after = now_() where evaluate_after > now_()`;
    const [row] = await sql`select evaluate_alerts(500) as done`;
    return row?.done !== null;
  });
}

/** A viewer, in a browser of their own. */
async function viewer(browser: Browser, admin: Page): Promise<Page> {
  const link = await admin.evaluate(async () => {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ email: "vera@example.com", role: "viewer" });
    return (await (await fetch("/api/staff", { method: "POST", headers, body })).json()).invitation.url as string;
  });
  const page = await (await browser.newContext()).newPage();
  await page.goto(link);
  await page.getByTestId("invitation-name").fill("Vera");
  await page.getByTestId("invitation-password").fill(PASSWORD);
  await page.getByTestId("invitation-submit").click();
  await expect(page).toHaveURL(`${app.url}/`);
  return page;
}

test("an endpoint fails: the alert says why, is acknowledged, and is in the history when it is well again", async ({
  page,
  browser,
}) => {
  await signInAt(page, app, "/alerts");
  await evaluateNow();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Nothing fires" })).toBeVisible();
  await expect(page.getByTestId("evaluated-at")).toContainText(/Rules evaluated (now|\d+ s ago)/);
  // Each event is given up at once, and the circuit stays closed.
  endpoint.answer(422);
  await publish(sql, SLUG, 8);
  await until("deliveries are dead", async () => {
    const [row] = await sql`select count(*)::int from deliveries where status = 'dead'`;
    return row?.count === 8;
  });
  await evaluateNow();
  const dead = page
    .getByTestId("firing-alert")
    .filter({ visible: true, hasText: "More than 5 dead letters in an hour" });

  await test.step("it appears by itself, first, with its reason and a link to the events", async () => {
    await expect(dead).toContainText("8 dead letters in the last hour.");
    await expect(dead.getByRole("link", { name: "Show events" })).toHaveAttribute("href", /status=dead/);
    await page.goto(`${app.url}/?range=24h`);
    const concern = page.getByRole("region", { name: "Needs attention" });
    await expect(concern).toContainText("8 dead letters in the last hour.");
    await expect(concern.getByText(/events died/)).toHaveCount(0);
  });

  await test.step("a viewer reads it, and why nothing can be pressed", async () => {
    const vera = await viewer(browser, page);
    await vera.goto(`${app.url}/alerts`);
    const press = vera.getByTestId("alert-acknowledge").first();
    await expect(press).toHaveAttribute("aria-description", /Viewers cannot act on alerts/);
    // It can be focused and pressed, and does nothing.
    await press.click({ force: true });
    await expect(vera.getByRole("dialog")).toHaveCount(0);
    await vera.goto(`${app.url}/alerts/rules`);
    await expect(vera.getByTestId("rule-switch").first()).toHaveAttribute("aria-description", /Only administrators/);
    await vera.context().close();
  });

  await test.step("it is acknowledged with a note, and leaves what needs attention", async () => {
    await page.goto(`${app.url}/alerts`);
    await dead.getByTestId("alert-acknowledge").click();
    await page.getByTestId("acknowledge-note").fill("The till restarts, OPS-4711");
    await page.getByTestId("acknowledge-confirm").click();
    await expect(dead).toHaveAttribute("data-state", "acknowledged");
    await dead.getByRole("link", { name: "More than 5 dead letters in an hour" }).click();
    await expect(page.getByTestId("alert-why")).toContainText("8 dead letters");
    await expect(page.getByText("The till restarts, OPS-4711")).toBeVisible();
  });

  await test.step("when it is well for as long as the rule wants, it is resolved", async () => {
    endpoint.answer(200);
    await shiftClock(sql, "2 hours");
    await evaluateNow();
    await shiftClock(sql, "3 hours");
    await evaluateNow();
    await expect(page.getByTestId("alert-state")).toHaveText("Resolved");
    await page.goto(`${app.url}/alerts`);
    // What is still streamed is in the page, too, and hidden.
    const row = page.getByTestId("alert-row").filter({ visible: true, hasText: "More than 5 dead letters in an hour" });
    await expect(row).toBeVisible();
    await expect(dead).toHaveCount(0);
  });
});

test("a rule is tested against the last 14 days, and then changed", async ({ page }) => {
  await signInAt(page, app, "/alerts/rules");
  const row = page.getByTestId("rule-row").filter({ visible: true, hasText: "More than 5 dead letters in an hour" });
  await expect(row).toContainText("More than 5 deliveries were given up in an hour.");
  await row.getByTestId("rule-open").click();
  const result = page.getByTestId("back-test-result");
  await page.getByTestId("back-test").click();
  await expect(result).toHaveText("Would have fired once in the last 14 days, here.");
  await expect(page.getByTestId("back-test-time")).toHaveCount(1);
  await page.getByTestId("rule-threshold").fill("12");
  await expect(result).toHaveText("How often would it have fired?");
  await page.getByTestId("back-test").click();
  await expect(result).toHaveText("Would not have fired in the last 14 days, here.");
  await page.getByTestId("rule-save").click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(row).toContainText("More than 12 deliveries were given up in an hour.");
  await row.getByTestId("rule-switch").click();
  await expect(row.getByTestId("rule-switch")).toHaveAttribute("aria-checked", "false");
  // The switch is shown as chosen at once; the row follows.
  await expect
    .poll(async () => (await sql`select settings, enabled from alert_rules where slug = 'dead-letters-5'`)[0])
    .toEqual({ settings: { threshold: 12, window_minutes: 60 }, enabled: false });
});
