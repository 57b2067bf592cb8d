/** Two versions of one event, and a suspected replay: found, compared, and delivered from the console. */
import { expect, type Page, test } from "playwright/test";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { bodyOf } from "@/lib/samples/ids";
import { requestOf, type Sender, type SignOptions } from "../fixtures/sign";
import { APP_ENVIRONMENT } from "../support/processes";
import { type AppOnCopy, startOnCopy } from "../support/shared-app";
import { hydrated } from "./sign-in";

let app: AppOnCopy;
test.beforeAll(async () => {
  app = await startOnCopy(APP_ENVIRONMENT);
});
test.afterAll(() => app?.close());

async function post(provider: Sender, event: unknown, options: SignOptions = {}): Promise<string> {
  const { path, headers, body } = requestOf(provider, event, options);
  const response = await fetch(`${app.url}${path}`, {
    method: "POST",
    headers: headers.map(([name, value]): [string, string] => [name, value]),
    body: new Uint8Array(body),
  });
  expect(response.status).toBe(200);
  return ((await response.json()) as { event_id: string }).event_id;
}

async function signIn(page: Page, path: string): Promise<void> {
  await page.goto(`${app.url}${path}`);
  await page.getByTestId("sign-in-email").fill(app.adminEmail);
  await page.getByTestId("sign-in-password").fill(app.adminPassword);
  await page.getByTestId("sign-in-submit").click();
  await expect(page.getByTestId("sign-in-submit")).toBeHidden();
  await hydrated(page);
}

const status = async () => (await app.sql`select subscription_status from businesses`)[0]?.subscription_status;

test("a conflict used to be a number: the other version is compared, and its bytes are delivered after a preview", async ({
  page,
}) => {
  const event = stripeEvent({ status: "active" });
  const id = await post("stripe", event);
  await post("stripe", { ...stripeEvent({ status: "canceled" }), id: event.id });
  await expect.poll(status).toBe("active");

  await signIn(page, `/events/${id}`);
  await page.getByRole("tab", { name: "Versions 1" }).click();
  await expect(page.getByTestId("version")).toHaveCount(1);
  await expect(page.getByTestId("difference").filter({ hasText: "$.data.object.status" })).toContainText('"canceled"');

  await page.getByTestId("deliver-withheld").click();
  const sheet = page.getByRole("dialog");
  await expect(sheet.getByTestId("preview-rows")).toHaveText("3 rows updated.");
  await expect(sheet.getByTestId("preview-differences")).toContainText("canceled");
  expect(await status()).toBe("active");
  await sheet.getByTestId("replay-reason").fill("Stripe support confirmed the second one.");
  await sheet.getByTestId("replay-confirm").click();
  await expect.poll(status).toBe("canceled");

  await page.goto(`${app.url}/events?variant=1`);
  await expect(page.getByTestId("event-row")).toHaveCount(1);
  await page.goto(app.url);
  await expect(page.getByText("1 other version of known events came")).toBeVisible();
});

test("a suspected replay could not be delivered from its page: its button said that nothing receives it", async ({
  page,
}) => {
  const order = bodyOf({
    id: 42,
    email: "iris@example.com",
    total_price: "9.00",
    currency: "EUR",
    updated_at: "2026-02-16T12:10:00Z",
  });
  await post("shopify", order, { id: "ev-genuine", topic: "orders/create" });
  const id = await post("shopify", order, { id: "ev-again", topic: "orders/create" });
  await signIn(page, `/events/${id}`);
  await expect(page.getByText("Possible replay attack")).toBeVisible();
  await page.getByTestId("deliver-withheld").click();
  const sheet = page.getByRole("dialog");
  await sheet.getByTestId("replay-reason").fill("It is genuine.");
  await sheet.getByTestId("replay-confirm").click();
  await expect
    .poll(async () => (await app.sql`select status from events where id = ${id.slice(3)}`)[0]?.status)
    .toBe("replayed");
});
