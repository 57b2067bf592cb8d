/** The overview, as an administrator watches it: from the first sample to a provider whose rate falls, and down to the cause. */
import { expect, type Page, test } from "playwright/test";
import type postgres from "postgres";
import { chatwootEvent } from "../../lib/providers/chatwoot/sample";
import { bodyOf, nextUuid } from "../../lib/samples/ids";
import { sign } from "../fixtures/sign";
import { appEnvironment, until } from "../support/processes";
import { type AppOnCopy, startOnCopy } from "../support/shared-app";
import { type AgentSdk, startAgentSdk } from "../tools/agent-sdk";
import { signInAt } from "./sign-in";

let app: AppOnCopy;
let agent: AgentSdk;
let sql: postgres.Sql;

test.beforeAll(async () => {
  agent = await startAgentSdk({ port: 0 });
  app = await startOnCopy(appEnvironment(agent, { CHATWOOT_WEBHOOK_MAX_ATTEMPTS: "1", ALLOW_SAMPLES: "1" }));
  sql = app.sql;
});
test.afterAll(async () => {
  await app?.close();
  await agent?.close();
});

const signIn = (page: Page, path: string) => signInAt(page, app, path);

async function messages(count: number): Promise<void> {
  const finished = async () =>
    (await sql<{ n: number }[]>`select count(*)::int as n from deliveries where status in ('delivered', 'dead')`)[0]
      ?.n ?? 0;
  const before = await finished();
  for (let n = 0; n < count; n += 1) {
    const body = bodyOf(chatwootEvent());
    const headers = sign("chatwoot", body, { id: nextUuid() }) as [string, string][];
    await fetch(`${app.url}/api/webhooks/chatwoot`, { method: "POST", headers, body: new Uint8Array(body) });
  }
  await until(`${count} messages are finished`, async () => (await finished()) >= before + count);
}

test("the empty console explains itself, and its first sample appears without a reload", async ({ page }) => {
  await signIn(page, "/");
  await expect(page.getByRole("heading", { name: "No webhook has arrived yet" })).toBeVisible();
  const stripe = page.getByTestId("first-run-stripe");
  await expect(stripe).toContainText("Developers → Webhooks");
  await expect(stripe).toContainText(`${app.url}/api/webhooks/stripe`);
  await expect(stripe).toContainText("1 secret configured");
  await page.getByTestId("sample-first").click();
  await expect(page.getByRole("heading", { name: "Success rate and volume" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "No webhook has arrived yet" })).toHaveCount(0);
  const [event] = await sql`select provider, trust::text from events`;
  expect(event).toEqual({ provider: "stripe", trust: "signed" });
});

test("a provider's rate falls, and the chart leads down to the cause", async ({ page }) => {
  agent.setMode("ok");
  await messages(6);
  agent.setMode("422");
  await messages(2);
  await signIn(page, "/?range=15m");

  await test.step("its row says by how much, beside the others", async () => {
    const row = page.getByRole("row", { name: /Chatwoot/ });
    await expect(row).toContainText("75.0 %");
    await expect(page.getByRole("listitem").filter({ hasText: "Chatwoot events died" })).toContainText("422");
  });

  await test.step("the keyboard chooses the provider and the minute; Enter opens its history of then", async () => {
    const chart = page.getByTestId("outcome-charts");
    await chart.focus();
    await page.keyboard.press("ArrowDown");
    await expect(page.getByRole("button", { name: "Chatwoot", pressed: true })).toBeVisible();
    await page.keyboard.press("ArrowLeft");
    for (
      let n = 0;
      n < 14 &&
      !(await page
        .locator("span")
        .filter({ hasText: /^Dead$/ })
        .first()
        .isVisible());
      n += 1
    ) {
      await page.keyboard.press("ArrowLeft");
    }
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/events\?.*provider_slug=chatwoot.*from_ts=.*to_ts=/);
    await expect(page.getByTestId("event-row").filter({ hasText: "Dead" }).first()).toBeVisible();
    await page.goBack();
  });

  await test.step("the number of its dead leads to them, and they say why", async () => {
    await page
      .getByRole("row", { name: /Chatwoot/ })
      .getByRole("link", { name: "2", exact: true })
      .click();
    await expect(page).toHaveURL(/delivery_status=dead/);
    await expect(page.getByTestId("event-row")).toHaveCount(2);
    await expect(page.getByTestId("event-row").first()).toContainText("422");
    await page.goBack();
  });

  await test.step("a drawn part of the chart is looked at closer, and has an address", async () => {
    const chart = page.getByTestId("outcome-charts");
    const box = await chart.boundingBox();
    if (!box) throw new Error("The chart is not there.");
    await page.mouse.move(box.x + box.width * 0.4, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.98, box.y + 60, { steps: 4 });
    await page.mouse.up();
    await expect(page).toHaveURL(/from_ts=.*to_ts=/);
    await expect(page.getByRole("row", { name: /Chatwoot/ })).toContainText("75.0 %");
    await page.getByRole("link", { name: "24h" }).click();
    await expect(page).toHaveURL(/range=24h/);
  });
});
