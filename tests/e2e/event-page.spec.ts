/** The event page: the payload tree, copying the request, and moving from one event of a list to the next. */
import { readFileSync } from "node:fs";
import { expect, type Page, test } from "playwright/test";
import { sign } from "../fixtures/sign";
import { APP_ENVIRONMENT } from "../support/processes";
import { type AppOnCopy, startOnCopy } from "../support/shared-app";
import { hydrated } from "./sign-in";

let app: AppOnCopy;
const ids: string[] = [];

test.beforeAll(async () => {
  app = await startOnCopy(APP_ENVIRONMENT);
  const lines = Array.from({ length: 3_000 }, (_, n) => ({ sku: `sku_${n}`, note: "n" }));
  for (const type of ["order.first", "order.second", "order.third"]) {
    ids.push(await send({ type, data: { id: "ord_1", total: "BIG", "gift note": "it's <b>bold</b>", lines } }));
  }
});
test.afterAll(() => app?.close());

async function send(event: object): Promise<string> {
  const body = JSON.stringify(event).replace('"BIG"', "9007199254740993");
  const headers = sign("standard", body, {
    id: `msg_${ids.length}`,
  }) as [string, string][];
  const response = await fetch(`${app.url}/api/webhooks/standard`, { method: "POST", headers, body });
  return ((await response.json()) as { event_id: string }).event_id;
}

async function openEvent(page: Page, id: string | undefined, query = ""): Promise<void> {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(`${app.url}/events/${id}${query}`);
  await page.getByTestId("sign-in-email").fill(app.adminEmail);
  await page.getByTestId("sign-in-password").fill(app.adminPassword);
  await page.getByTestId("sign-in-submit").click();
  await expect(page.getByRole("tree")).toBeVisible();
  await hydrated(page);
}

const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText());
const row = (page: Page, text: string) => page.getByRole("treeitem").filter({ hasText: text }).first();

test("a payload is searched, unfolded and copied from by keyboard, and its request is taken away", async ({ page }) => {
  await openEvent(page, ids[1]);

  await test.step("numbers are exact, and a list of thousands is not drawn", async () => {
    await expect(row(page, "9007199254740993")).toBeVisible();
    await expect(row(page, "[ 3,000 items ]")).toHaveAttribute("aria-expanded", "false");
    expect(await page.getByRole("treeitem").count()).toBeLessThan(20);
  });

  await test.step("/ searches, Enter and Shift+Enter go from match to match", async () => {
    await page.keyboard.press("/");
    await page.keyboard.type("sku_299");
    await expect(page.getByTestId("payload-matches")).toHaveText("1 of 11");
    await expect(row(page, '"sku_299"')).toBeInViewport();
    await page.keyboard.press("Shift+Enter");
    await expect(page.getByTestId("payload-matches")).toHaveText("11 of 11");
    await expect(row(page, '"sku_2999"')).toBeInViewport();
    await expect(row(page, '"sku_2999"').locator("mark")).toHaveText("sku_299");
    expect(await page.getByRole("treeitem").count()).toBeLessThanOrEqual(400);
  });

  await test.step("arrows walk the tree, and Tab reaches what copies the path and the value", async () => {
    await page.getByTestId("payload-search").fill("gift");
    await row(page, "gift note").focus();
    await page.keyboard.press("ArrowUp");
    await expect(row(page, "9007199254740993")).toBeFocused();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect.poll(() => clipboard(page)).toBe("$.data.total");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect.poll(() => clipboard(page)).toBe("9007199254740993");
  });

  await test.step("the request is copied as a command without its signature", async () => {
    await page.getByRole("tab", { name: /Request/ }).click();
    await page.getByTestId("copy-as-curl").click();
    await expect.poll(() => clipboard(page)).toContain("curl --globoff");
    const command = await clipboard(page);
    expect(command).toContain(`'${app.url}/api/webhooks/standard'`);
    expect(command).toContain("it'\\''s <b>bold</b>");
    expect(command).toContain("never stored: webhook-signature");
  });

  await test.step("the bytes are downloaded as they came", async () => {
    await page.getByRole("tab", { name: "Bytes" }).click();
    const download = page.waitForEvent("download");
    await page.getByTestId("download-body").click();
    const file = readFileSync(await (await download).path(), "utf8");
    expect(file).toContain('"total":9007199254740993');
  });
});

test("j and k walk the filtered list, and u goes back to it", async ({ page }) => {
  const filter = "event_type=order.first%2Corder.third";
  await openEvent(page, ids[2], `?in=${encodeURIComponent(filter)}`);
  await expect(page.getByTestId("newer")).toHaveAttribute("aria-disabled", "true");

  await page.keyboard.press("j");
  await expect(page.getByRole("heading", { name: "order.first" })).toBeVisible();
  expect(new URL(page.url()).searchParams.get("in")).toBe(filter);
  await expect(page.getByTestId("older")).toHaveAttribute("aria-disabled", "true");

  await page.getByRole("tab", { name: "Related" }).click();
  await expect(page.getByTestId("related-event")).toHaveCount(3);
  await expect(page.getByTestId("related-event").filter({ hasText: "newer" })).toHaveCount(2);

  await page.keyboard.press("k");
  await expect(page.getByRole("heading", { name: "order.third" })).toBeVisible();
  await page.keyboard.press("u");
  await expect(page.getByTestId("event-row")).toHaveCount(2);
  expect(new URL(page.url()).searchParams.get("event_type")).toBe("order.first,order.third");
});
