/** Recovering from an incident, as staff do it: choose, preview with row differences, run, retry what fails, export, steer. */
import { readFile } from "node:fs/promises";
import { expect, type Page, test } from "playwright/test";
import type postgres from "postgres";
import { chatwootEvent } from "../../lib/providers/chatwoot/sample";
import { stripeEvent } from "../../lib/providers/stripe/sample";
import { bodyOf, nextUuid } from "../../lib/samples/ids";
import { type Signer, sign } from "../fixtures/sign";
import { appEnvironment, until } from "../support/processes";
import { type AppOnCopy, startOnCopy } from "../support/shared-app";
import { type AgentSdk, startAgentSdk } from "../tools/agent-sdk";
import { signInAt } from "./sign-in";

let app: AppOnCopy;
let agent: AgentSdk;
let sql: postgres.Sql;

test.beforeAll(async () => {
  agent = await startAgentSdk({ port: 0 });
  const limits = { REPLAY_MAX_CHOSEN: "3", REPLAY_MAX_EVENTS: "125" };
  app = await startOnCopy(appEnvironment(agent, { CHATWOOT_WEBHOOK_MAX_ATTEMPTS: "1", ...limits }));
  sql = app.sql;
});
test.afterAll(async () => {
  await app?.close();
  await agent?.close();
});

async function send(provider: Signer, event: unknown): Promise<void> {
  const body = bodyOf(event);
  const headers = sign(provider, body, { id: nextUuid() }) as [string, string][];
  const response = await fetch(`${app.url}/api/webhooks/${provider}`, {
    method: "POST",
    headers,
    body: new Uint8Array(body),
  });
  expect(response.status).toBe(200);
}

/** Messages whose only attempt failed. */
async function deadMessages(count: number, account: number): Promise<void> {
  // Not a failure that counts against the endpoint: its circuit stays closed.
  agent.setMode("422");
  for (let n = 0; n < count; n += 1) await send("chatwoot", chatwootEvent({ account }));
  await until(`${count} messages are dead`, async () => {
    const [row] = await sql`select count(*)::int from events where organisation_id = ${account} and status = 'dead'`;
    return row?.count === count;
  });
}

/** Stripe events that came while no destination wanted them. Replayed, they write rows. */
async function missedSubscription(customer: string): Promise<void> {
  await sql`update destinations set providers = '{}' where slug = 'stripe-tables'`;
  for (const [type, status, created] of [
    ["customer.subscription.created", "trialing", 1_772_000_000],
    ["customer.subscription.updated", "active", 1_772_000_100],
  ] as const) {
    await send("stripe", stripeEvent({ type, customer, status, created }));
  }
  await sql`update destinations set providers = '{stripe}' where slug = 'stripe-tables'`;
}

const signIn = (page: Page, path: string) => signInAt(page, app, path);

/** A mark that a reload would remove, because it makes a new document. */
async function markDocument(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate(() => Object.assign(window, { markedByTest: true }));
  return () => page.evaluate(() => "markedByTest" in window);
}

test("failures are chosen, previewed with their rows, replayed, retried and exported without a reload", async ({
  page,
}) => {
  await send("chatwoot", chatwootEvent({ account: 40 }));
  await until("one is processed", async () => (await sql`select from events where status = 'processed'`).length === 1);
  await deadMessages(12, 41);
  await missedSubscription("cus_missed");
  await signIn(page, "/events");
  const isSameDocument = await markDocument(page);

  await test.step("filter the failures and choose them all", async () => {
    await page.getByLabel("Filter by status: any").click();
    await page.getByRole("checkbox", { name: "Dead" }).check();
    await page.getByRole("checkbox", { name: "Ignored" }).check();
    await page.keyboard.press("Escape");
    await expect(page).toHaveURL(/status=dead(%2C|,)ignored/);
    await expect(page.getByTestId("event-row")).toHaveCount(14);
    await page.getByRole("checkbox", { name: "Select all on this page" }).click();
    await expect(page.getByTestId("selected-count")).toHaveText("14 selected");
  });

  await test.step("the preview says what runs and shows the rows before and after", async () => {
    await page.getByTestId("replay-selected").click();
    await expect(page.getByTestId("preview-outcome")).toHaveText("14 deliveries run, none is skipped.");
    const differences = page.getByTestId("preview-differences");
    await expect(differences).toContainText("businesses stripe_customer_id = cus_missed");
    await expect(differences.getByRole("row", { name: "subscription_status trialing active" })).toBeVisible();
    expect(await sql`select count(*)::int from businesses`).toEqual([{ count: 0 }]);
  });

  await test.step("nothing runs without a reason; the button says what it does", async () => {
    const run = page.getByTestId("replay-confirm");
    await expect(run).toHaveText("Replay 14 events to 2 destinations");
    await expect(run).toHaveAttribute("aria-disabled", "true");
    await page.getByTestId("replay-reason").fill("The agent was down, incident 4711");
    agent.setMode("422");
    await run.click();
    await expect(page).toHaveURL(/\/replays\/wr_\d+/);
  });

  await test.step("it ends with a verdict, the proof, and the failures by class", async () => {
    await expect(page.getByTestId("replay-verdict")).toHaveText(
      "2 of 14 recovered. 12 still fail: Agent SDK answers 422.",
    );
    await expect(page.getByTestId("outcome-changed")).toContainText("2");
    await expect(page.getByTestId("failure-group")).toContainText("Payload not understood (422)");
    await page.getByTestId("outcome-changed").click();
    await expect(page).toHaveURL(/outcome=changed/);
    await expect(page.getByTestId("replay-item")).toHaveCount(2);
    await expect(page.getByTestId("replay-item").last()).toContainText("trialing → active");
    expect(await sql`select subscription_status from businesses`).toEqual([{ subscription_status: "active" }]);
  });

  await test.step("the failures alone are retried", async () => {
    agent.setMode("ok");
    agent.received.length = 0;
    const first = page.url();
    await page.getByTestId("retry-failures").click();
    await page.getByTestId("replay-reason").fill("The inbox mapping is fixed");
    await page.getByTestId("retry-confirm").click();
    await expect(page).not.toHaveURL(first);
    await expect(page.getByTestId("replay-verdict")).toHaveText("All 12 recovered.");
    expect(agent.received).toHaveLength(12);
  });

  await test.step("the result is exported", async () => {
    const [csv, json] = [await download(page, "export-csv"), await download(page, "export-json")];
    expect(csv.trim().split("\n")).toHaveLength(13);
    expect(JSON.parse(json)).toHaveLength(12);
  });
  expect(await isSameDocument()).toBe(true);
});

test("all that match a filter: above a hundred the number is typed; pause and cancel act, and say their size [S36]", async ({
  page,
}) => {
  await deadMessages(120, 42);
  agent.setMode("ok");
  agent.received.length = 0;
  await signIn(page, "/events?status=dead&org_id=42");
  await page.getByRole("checkbox", { name: "Select all on this page" }).click();
  await page.getByRole("button", { name: /^All .*that match/ }).click();
  await page.getByTestId("replay-selected").click();
  await page.getByTestId("replay-how").click();
  await page.getByLabel("Speed").selectOption("5");
  await page.getByTestId("replay-reason").fill("The agent is back");
  const run = page.getByTestId("replay-confirm");
  await expect(run).toHaveText("Replay 120 events to Agent SDK");
  await expect(run).toHaveAttribute("aria-description", "Type 120 to confirm.");
  await page.getByTestId("replay-typed").fill("120");
  await run.click();

  await expect(page.getByTestId("replay-status")).toHaveText("Running");
  await expect(page.getByTestId("replay-pace")).toContainText("per second");
  await page.getByTestId("replay-pause").click();
  await expect(page.getByTestId("replay-verdict")).toHaveText(/^Paused after \d+ of 120\.$/);
  await page.getByTestId("replay-resume").click();
  await expect(page.getByTestId("replay-status")).toHaveText("Running");
  await page.getByTestId("replay-cancel").click();
  await expect(page.getByTestId("replay-cancel-confirm")).toHaveText(/^Cancel \d+ deliveries$/);
  await page.getByTestId("replay-cancel-confirm").click();
  await expect(page.getByTestId("replay-verdict")).toHaveText(/^Cancelled\. All \d+ recovered\. \d+ are untouched\.$/);
  expect(agent.received.length).toBeLessThan(120);

  await page.goto(`${app.url}/replays?status=cancelled`);
  await expect(page.getByTestId("replay-row")).toHaveCount(1);
  await expect(page.getByTestId("replay-row")).toContainText("All that match dead · 42");
});

test("support replays what was chosen, a viewer nothing; both learn why, and the server agrees", async ({ page }) => {
  await deadMessages(2, 43);
  await signIn(page, "/events?org_id=43");
  await sql`update staff_users set role = 'viewer'`;
  await page.reload();
  await page.getByTestId("event-row").first().getByRole("checkbox").click();
  const replay = page.getByTestId("replay-selected");
  await expect(replay).toHaveAttribute("aria-disabled", "true");
  await replay.hover();
  await expect(page.getByText("Viewers cannot replay events.").first()).toBeVisible();
  const ask = (selection: unknown) =>
    page.evaluate(
      async (body) => {
        const headers = { "content-type": "application/json" };
        return (await fetch("/api/webhooks/replays", { method: "POST", headers, body })).status;
      },
      JSON.stringify({ selection, reason: "may I?", draft: true }),
    );
  const [event] = await sql`select id::int from events where organisation_id = '43'`;
  expect(await ask({ event_ids: [`we_${event?.id}`] })).toBe(403);

  await sql`update staff_users set role = 'support'`;
  await page.reload();
  await page.getByTestId("event-row").first().getByRole("checkbox").click();
  await expect(replay).not.toHaveAttribute("aria-disabled");
  expect(await ask({ event_ids: [`we_${event?.id}`] })).toBe(201);
  expect(await ask({ filter: { org_id: "43" } })).toBe(403);
  await sql`update staff_users set role = 'admin'`;
});

test("how many events support may choose is what the server is configured to, not a hundred", async ({ page }) => {
  await deadMessages(4, 44);
  await signIn(page, "/events?org_id=44");
  await sql`update staff_users set role = 'support'`;
  await page.reload();
  const choose = (row: number) => page.getByTestId("event-row").nth(row).getByRole("checkbox").click();
  for (const row of [0, 1, 2]) await choose(row);
  const replay = page.getByTestId("replay-selected");
  await expect(replay).not.toHaveAttribute("aria-disabled");
  await choose(3);
  await expect(replay).toHaveAttribute("aria-disabled", "true");
  await replay.hover();
  await expect(page.getByText("Your role can replay up to 3 events at a time.").first()).toBeVisible();
  await sql`update staff_users set role = 'admin'`;
});

test("a selection over the limit offers the oldest by the numbers of the answer, not of its sentence", async ({
  page,
}) => {
  await deadMessages(126, 45);
  await signIn(page, "/events?status=dead&org_id=45");
  await page.getByRole("checkbox", { name: "Select all on this page" }).click();
  await page.getByRole("button", { name: /^All .*that match/ }).click();
  await page.route("**/api/webhooks/replays", async (route) => {
    const response = await route.fetch();
    const answer = await response.json();
    // The test must not depend on the wording of the sentence.
    await route.fulfill({ response, json: { ...answer, title: "Too large.", error: "Too large." } });
  });
  await page.getByTestId("replay-selected").click();
  await expect(page.getByText("126 events match. One replay takes at most 125.")).toBeVisible();
  await page.getByRole("button", { name: "Replay the oldest 125" }).click();
  await expect(page.getByTestId("replay-confirm")).toHaveText("Replay 125 events to Agent SDK");
});

async function download(page: Page, button: string): Promise<string> {
  const started = page.waitForEvent("download");
  await page.getByTestId(button).click();
  return readFile(await (await started).path(), "utf8");
}
