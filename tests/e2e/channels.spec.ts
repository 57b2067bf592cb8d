/** Whom alerts are told, in the browser: a channel is added, tested and deleted; a failing one says why; and what one is told oneself. */
import { expect, type Page, test } from "playwright/test";
import { type ChannelServer, startChannelServer } from "../support/channel-server";
import { APP_ENVIRONMENT } from "../support/processes";
import { type AppOnCopy, startOnCopy } from "../support/shared-app";
import { signInAt } from "./sign-in";

let app: AppOnCopy;
let server: ChannelServer;

test.beforeAll(async () => {
  server = await startChannelServer();
  app = await startOnCopy({ ...APP_ENVIRONMENT, SLACK_API_URL: `${server.url}/api` });
});
test.afterAll(async () => {
  await app?.close();
  await server?.close();
});

async function add(page: Page, kind: string, name: string, settings: Record<string, string>): Promise<void> {
  await page.getByTestId("add-channel").click();
  await page.getByTestId(`add-${kind}`).click();
  await page.getByTestId("channel-name").fill(name);
  for (const [setting, value] of Object.entries(settings)) await page.getByTestId(`channel-${setting}`).fill(value);
  await page.getByTestId("channel-save").click();
}

const rowOf = (page: Page, name: string) => page.getByTestId("channel-row").filter({ hasText: name });

test("a webhook channel shows its secret once, is tested, and a failing one is first and says why", async ({
  page,
}) => {
  await signInAt(page, app, "/alerts/channels");
  await expect(page.getByText("Alerts appear only on this page")).toBeVisible();

  await test.step("its secret is shown once, and signs what it is sent", async () => {
    await add(page, "webhook", "Status page", { url: `${server.url}/hook` });
    const secret = await page.getByTestId("secret").inputValue();
    expect(secret).toMatch(/^whsec_/);
    await page.keyboard.press("Escape");
    await expect(page.getByTestId("secret")).toHaveValue(secret);
    await page.getByTestId("secret-done").click();
    await expect(page.getByTestId("secret")).toHaveCount(0);
    await page.reload();
    await expect(rowOf(page, "Status page")).toContainText("Not used yet");
    expect(await page.content()).not.toContain(secret);
  });

  await test.step("a test says what the program answered, and is among its messages", async () => {
    await rowOf(page, "Status page").getByTestId("channel-test").click();
    await expect(page.getByTestId("test-outcome")).toContainText("Accepted by the webhook (200).");
    expect(server.told.map(({ body }) => body.type)).toEqual(["test"]);
    expect(server.told[0]?.headers["webhook-signature"]).toMatch(/^v1,/);
    await page.keyboard.press("Escape");
    await expect(rowOf(page, "Status page")).toContainText("Works");
    await rowOf(page, "Status page").getByTestId("channel-messages").click();
    await expect(page.getByTestId("channel-message")).toContainText("Accepted by the webhook (200).");
  });

  await test.step("what the form got wrong is said at its field, and nothing is saved", async () => {
    await add(page, "email", "On call", { to: "not an address" });
    await expect(page.getByRole("dialog").getByRole("alert")).toBeVisible();
    await page.getByTestId("channel-to").fill("ops@example.com, oncall@example.com");
    await page.getByTestId("channel-save").click();
    await expect(rowOf(page, "On call")).toContainText("ops@example.com and 1 more");
    await expect(page.getByTestId("mail-problem")).toContainText("SMTP_URL");
  });

  await test.step("a failing one is first, with the reason", async () => {
    server.misbehave = () => ({ status: 404, body: "no_service" });
    await add(page, "slack", "Alerts of Slack", { webhook_url: `${server.url}/services/T0/B0/gone` });
    await rowOf(page, "Alerts of Slack").getByTestId("channel-test").click();
    await expect(page.getByTestId("test-outcome")).toContainText("It was not accepted");
    await expect(page.getByTestId("test-outcome")).toContainText("no_service");
    await page.keyboard.press("Escape");
    await expect(page.getByTestId("channel-row").first()).toContainText("Failing");
    await expect(page.getByTestId("channel-row").first().getByTestId("channel-problem")).toContainText("no_service");
    server.misbehave = () => undefined;
  });

  await test.step("a secret that is left empty stays; deleting asks first", async () => {
    const row = rowOf(page, "Status page");
    await row.getByTestId("channel-more").click();
    await page.getByRole("menuitem", { name: "Edit…" }).click();
    await page.getByTestId("channel-name").fill("Status page of Acme");
    await page.getByTestId("channel-save").click();
    await expect(rowOf(page, "Status page of Acme")).toContainText("Works");
    await rowOf(page, "Status page of Acme").getByTestId("channel-test").click();
    await expect(page.getByTestId("test-outcome")).toContainText("Accepted by the webhook (200).");
    await page.keyboard.press("Escape");
    await rowOf(page, "Status page of Acme").getByTestId("channel-more").click();
    await page.getByRole("menuitem", { name: "Delete…" }).click();
    await page.getByTestId("confirm").click();
    await expect(rowOf(page, "Status page of Acme")).toHaveCount(0);
  });
});

test("what one is told is kept, and the account says that no mail is sent yet", async ({ page }) => {
  await signInAt(page, app, "/account");
  await expect(page.getByTestId("no-mail")).toContainText("SMTP_URL");
  const byMail = page.getByRole("group", { name: "Alerts by mail" });
  await byMail.getByRole("checkbox", { name: /P0/ }).check();
  await page.getByRole("checkbox", { name: "Weekly report" }).check();
  await expect(page.getByText("Saved")).toBeVisible();
  await page.reload();
  await expect(byMail.getByRole("checkbox", { name: /P0/ })).toBeChecked();
  await expect(byMail.getByRole("checkbox", { name: /P1/ })).not.toBeChecked();
  await expect(page.getByRole("checkbox", { name: "Weekly report" })).toBeChecked();
});

test("the KPIs say in words which targets are met, by day and by organisation, and as a file", async ({ page }) => {
  const dead = { provider: "stripe", event_type: "invoice.paid", shard: 0, organisation_id: "" };
  const hour = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000);
  for (const organisation_id of ["", "org_acme"]) {
    for (const [outcome, count] of [
      ["received", 100],
      ["succeeded", 90],
      ["lost", 10],
    ] as const) {
      await app.sql`insert into statistics_hours ${app.sql({ ...dead, organisation_id, hour, outcome, count })}`;
    }
  }
  await signInAt(page, app, "/kpis");
  await expect(page.getByTestId("kpi-headline")).toContainText("Not met: delivery success");
  await expect(page.getByTestId("kpi-delivery_success")).toContainText("Not met");
  await expect(page.getByTestId("kpi-replay_success")).toContainText("Nothing to measure");
  await expect(page.getByTestId("kpi-row")).toHaveCount(1);
  await page.getByRole("link", { name: "By organisation" }).click();
  await expect(page).toHaveURL(`${app.url}/kpis?by=organisation`);
  await expect(page.getByTestId("kpi-row")).toContainText("org_acme");
  const file = page.waitForEvent("download");
  await page.getByTestId("kpi-csv").click();
  expect((await file).suggestedFilename()).toBe("kpis.csv");
});
