/** Clearing dead letters, as support staff do it: two causes, one is fixed and replayed as a group, the other is resolved. */
import { expect, type Page, test } from "playwright/test";
import type postgres from "postgres";
import { chatwootEvent } from "../../lib/providers/chatwoot/sample";
import { bodyOf, nextUuid } from "../../lib/samples/ids";
import { sign } from "../fixtures/sign";
import { appEnvironment, until } from "../support/processes";
import { type AppOnCopy, startOnCopy } from "../support/shared-app";
import { type AgentMode, type AgentSdk, startAgentSdk } from "../tools/agent-sdk";
import { signInAt } from "./sign-in";

let app: AppOnCopy;
let agent: AgentSdk;
let sql: postgres.Sql;

test.beforeAll(async () => {
  agent = await startAgentSdk({ port: 0 });
  app = await startOnCopy(appEnvironment(agent, { CHATWOOT_WEBHOOK_MAX_ATTEMPTS: "1" }));
  sql = app.sql;
});
test.afterAll(async () => {
  await app?.close();
  await agent?.close();
});

const countOf = async (status: string) =>
  (await sql<{ count: number }[]>`select count(*)::int from events where status = ${status}::event_status`)[0]?.count;

/** Messages whose only attempt fails in this way. */
async function deadMessages(count: number, mode: AgentMode): Promise<void> {
  agent.setMode(mode);
  const before = (await countOf("dead")) ?? 0;
  for (let n = 0; n < count; n += 1) {
    const body = bodyOf(chatwootEvent());
    const headers = sign("chatwoot", body, { id: nextUuid() }) as [string, string][];
    const target = `${app.url}/api/webhooks/chatwoot`;
    const { status } = await fetch(target, { method: "POST", headers, body: new Uint8Array(body) });
    expect(status).toBe(200);
  }
  await until(`${count} messages are dead`, async () => (await countOf("dead")) === before + count);
  // Its circuit stays closed, so that failures made on purpose do not hold the next ones.
  await sql`delete from destination_health`;
  await sql`delete from destination_statistics`;
}

const signIn = (page: Page, path: string) => signInAt(page, app, path);

const group = (page: Page, words: string) => page.getByTestId("dead-letter-group").filter({ hasText: words });
const rail = (page: Page) => page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: /Dead letters/ });

test("two causes are two groups; one is fixed and replayed, the other stays until it is resolved", async ({ page }) => {
  await signIn(page, "/dead-letters");

  await test.step("nothing is dead, and the page says why it is empty", async () => {
    await expect(page.getByRole("heading", { name: "No dead letters" })).toBeVisible();
    await expect(page.getByText("grouped by cause")).toBeVisible();
  });

  await test.step("what dies appears by itself, by cause, the biggest first", async () => {
    await deadMessages(2, "422");
    await deadMessages(5, "503");
    const groups = page.getByTestId("dead-letter-group");
    await expect(groups).toHaveCount(2);
    await expect(groups.first()).toContainText("5 deliveries to Agent SDK: the endpoint answered 503.");
    await expect(groups.first()).toContainText("Check its log for the time below, fix it, then replay.");
    await expect(groups.last()).toContainText("2 deliveries to Agent SDK: the endpoint answered 422.");
    await expect(page.getByTestId("dead-letters-total")).toHaveText("7 dead deliveries, by 2 causes.");
    await expect(rail(page)).toHaveAttribute("aria-current", "page");
    await page.reload();
    await expect(rail(page)).toContainText("7");
  });

  await test.step("its history holds the group and nothing else", async () => {
    await group(page, "503").getByTestId("open-group").click();
    await expect(page.getByTestId("event-row")).toHaveCount(5);
    await expect(page.getByLabel("Filter by destination: to Agent SDK")).toBeVisible();
    await page.goBack();
    await expect(page.getByTestId("dead-letter-group")).toHaveCount(2);
  });

  await test.step("the endpoint is fixed, and the group is replayed through its preview", async () => {
    agent.setMode("ok");
    agent.received.length = 0;
    await group(page, "503").getByTestId("replay-group").click();
    await expect(page.getByTestId("preview-outcome")).toHaveText("5 deliveries run, none is skipped.");
    await page.getByTestId("replay-reason").fill("The draft queue is back");
    await expect(page.getByTestId("replay-confirm")).toHaveText("Replay 5 events to Agent SDK");
    await page.getByTestId("replay-confirm").click();
    await expect(page.getByTestId("replay-verdict")).toHaveText("All 5 recovered.");
    expect(agent.received).toHaveLength(5);
  });

  await test.step("it is gone, the other stays", async () => {
    await rail(page).click();
    await expect(page.getByTestId("dead-letter-group")).toHaveCount(1);
    await expect(group(page, "422")).toBeVisible();
    expect(await countOf("replayed")).toBe(5);
  });

  await test.step("the other was handled elsewhere and is marked resolved", async () => {
    await group(page, "422").getByTestId("resolve-group").click();
    await page.getByTestId("replay-reason").fill("Answered by hand, ticket 4711");
    await expect(page.getByTestId("resolve-confirm")).toHaveText("Mark 2 events resolved");
    await page.getByTestId("resolve-confirm").click();
    await expect(page.getByRole("heading", { name: "No dead letters" })).toBeVisible();
    expect(await countOf("resolved")).toBe(2);
    expect(agent.received).toHaveLength(5);
  });
});

test("a viewer sees the groups and learns why nothing can be pressed", async ({ page }) => {
  await deadMessages(1, "503");
  await sql`update staff_users set role = 'viewer'`;
  await signIn(page, "/dead-letters");
  for (const button of ["replay-group", "resolve-group"])
    await expect(page.getByTestId(button)).toHaveAttribute("aria-disabled", "true");
  await page.getByTestId("replay-group").hover();
  await expect(page.getByText("Viewers cannot replay events.").first()).toBeVisible();
  await sql`update staff_users set role = 'admin'`;
});

test("seldom used parts of the filter have a form, and the address holds them", async ({ page }) => {
  await signIn(page, "/events");
  await page.getByLabel(/Filter by customer, object, mode, company/).click();
  await page.getByLabel(/Payload contains/).fill("nowhere to be found");
  await page.getByLabel("Minimum attempts").fill("2");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/text=nowhere(\+|%20)to(\+|%20)be(\+|%20)found&attempts=2|attempts=2&text=/);
  await expect(page.getByText("No event matches this filter")).toBeVisible();
  await page.getByLabel("Clear payload").click();
  await page.getByLabel("Clear attempts").click();
  await expect(page.getByTestId("event-row").first()).toBeVisible();
});
