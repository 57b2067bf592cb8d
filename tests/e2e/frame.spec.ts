/** What every page has: the palette, the shortcuts, and the stream of changes. */
import { expect, type Page, test } from "playwright/test";
import { sign } from "../fixtures/sign";
import { APP_ENVIRONMENT } from "../support/processes";
import { type AppOnCopy, startOnCopy } from "../support/shared-app";
import { signInAt } from "./sign-in";

let app: AppOnCopy;

test.beforeAll(async () => {
  app = await startOnCopy(APP_ENVIRONMENT);
});
test.afterAll(() => app?.close());

const signIn = (page: Page, path: string) => signInAt(page, app, path);

/** Sends a signed event of a type that only this test uses, in one request. */
async function send(id: string, type: string): Promise<void> {
  const body = JSON.stringify({ type, data: {} });
  const headers = sign("standard", body, { id }) as [string, string][];
  const response = await fetch(`${app.url}/api/webhooks/standard`, { method: "POST", headers, body });
  expect(response.status).toBe(200);
}

test("by keyboard alone: search, an event, the help, another page", async ({ page }) => {
  await send("msg_palette_0001", "palette.tested");
  await signIn(page, "/");
  await expect(page.getByTestId("open-search")).toContainText("K");

  await page.keyboard.press("Control+k");
  await expect(page.getByTestId("search-input")).toBeFocused();
  await page.keyboard.type("msg_palette");
  const found = page.getByTestId("palette-item").filter({ hasText: "msg_palette_0001" });
  await expect(found).toHaveAttribute("data-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/events\/we_\d+/);
  await expect(page.getByRole("dialog")).toHaveCount(0);

  await page.keyboard.press("?");
  await expect(page.getByTestId("keyboard-help")).toContainText("Dead letters");
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("keyboard-help")).toHaveCount(0);

  await page.keyboard.press("g");
  await page.keyboard.press("d");
  await expect(page).toHaveURL(`${app.url}/dead-letters`);

  await page.keyboard.press("Control+k");
  await expect(page.getByTestId("search-input")).toBeFocused();
  await expect(page.getByTestId("palette-item").filter({ hasText: "msg_palette_0001" })).toBeVisible();
  await page.keyboard.type("nothing is called this");
  await expect(page.getByRole("status").filter({ hasText: "No matching event" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("an event that arrives appears on the open history by itself, and nobody polls for it", async ({ page }) => {
  // Without repeating timers, only the stream can update the page.
  await page.addInitScript(() => {
    window.setInterval = (() => 0) as unknown as typeof window.setInterval;
  });
  await signIn(page, "/events");
  await expect(page.getByRole("status").filter({ hasText: /^Live$/ })).toBeAttached();
  let loads = 0;
  page.on("framenavigated", (frame) => {
    if (frame === page.mainFrame()) loads += 1;
  });
  await send("msg_live_0001", "live.arrived");
  const row = page.getByTestId("event-row").filter({ hasText: "live.arrived" });
  await expect(row.or(page.getByRole("button", { name: /new event/ })).first()).toBeVisible();
  expect(loads).toBe(0);
});

test("the history that is opened again shows what the server read, not what it showed when it was left", async ({
  page,
}) => {
  await signIn(page, "/events");
  await expect(page.getByTestId("event-row").first()).toBeVisible();
  const rail = page.getByRole("navigation", { name: "Main" });
  await rail.getByRole("link", { name: "Sources" }).click();
  await expect(page).toHaveURL(/\/sources$/);
  await send("msg_again_0001", "again.arrived");
  // Only the page's own server request may load it.
  await page.route(/\/api\/(webhooks\/events|live)/, (route) => route.abort());
  await rail.getByRole("link", { name: "Events" }).click();
  await expect(page.getByTestId("event-row").filter({ hasText: "again.arrived" })).toBeVisible();
});

test("whose session ends is asked to sign in at the next click, and comes back", async ({ page }) => {
  await signIn(page, "/events?q=msg");
  await page.context().clearCookies();
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Sources" }).click();
  await expect(page).toHaveURL(/\/sign-in\?callbackUrl=%2Fevents%3Fq%3Dmsg$/);
});

test("a time says its exact moment, local and UTC, when the pointer rests on it, and only then", async ({ page }) => {
  await send("msg_time_0001", "time.pointed");
  await signIn(page, "/events");
  const row = page.getByTestId("event-row").filter({ hasText: "time.pointed" });
  const exact = page.getByRole("tooltip");
  for (const times of ["the first time", "again"]) {
    await row.locator("time").hover();
    await expect(exact, times).toContainText("UTC");
    await page.mouse.move(700, 5, { steps: 5 });
    await expect(exact, times).toHaveCount(0);
  }
});
