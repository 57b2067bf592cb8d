/** An outage as an on-call engineer lives it: opens the incident from dead letters, recovers, sees it verified, hands over the evidence. */
import { readFile } from "node:fs/promises";
import { expect, type Page, test } from "playwright/test";
import type postgres from "postgres";
import { chatwootEvent } from "../../lib/providers/chatwoot/sample";
import { bodyOf, nextUuid } from "../../lib/samples/ids";
import { sign } from "../fixtures/sign";
import { appEnvironment, until } from "../support/processes";
import { type AppOnCopy, startOnCopy } from "../support/shared-app";
import { type AgentSdk, startAgentSdk } from "../tools/agent-sdk";
import { signInAt } from "./sign-in";

/** Above 100, the count is typed before the recovery starts. */
const MESSAGES = 104;
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

/** Messages of two merchants whose only attempt failed, while the circuit of the Agent SDK stays closed. */
async function deadMessages(count: number): Promise<void> {
  agent.setMode("422");
  for (let n = 0; n < count; n += 1) {
    const body = bodyOf(chatwootEvent({ account: n % 4 === 0 ? 71 : 72 }));
    const headers = sign("chatwoot", body, { id: nextUuid() }) as [string, string][];
    const answer = await fetch(`${app.url}/api/webhooks/chatwoot`, {
      method: "POST",
      headers,
      body: new Uint8Array(body),
    });
    expect(answer.status).toBe(200);
    // Its circuit would open on the way.
    if (n % 10 === 9) await sql`delete from destination_health`;
  }
  await until("they are dead", async () => {
    const [row] = await sql`select count(*)::int from events where status = 'dead'`;
    return row?.count === count;
  });
  await sql`delete from destination_health`;
  await sql`delete from destination_statistics`;
}

const step = (page: Page, name: string) => page.getByTestId(`step-${name}`);

/** The page is never wider than the screen. */
async function expectNoSidewaysScroll(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
}

test("an engineer opens an incident from dead letters, recovers it to zero, and downloads the evidence", async ({
  page,
}) => {
  await deadMessages(MESSAGES);
  await signInAt(page, app, "/dead-letters");

  await test.step("the group of dead letters becomes the incident, with its cause filled in", async () => {
    await page.getByTestId("incident-of-group").first().click();
    await expect(page.getByTestId("incident-title")).not.toHaveValue("");
    await expect(page.getByTestId("incident-cause")).not.toHaveValue("");
    await page.getByRole("combobox", { name: "Severity" }).selectOption("P1");
    await page.getByTestId("incident-open").click();
    await expect(page).toHaveURL(/\/incidents\/in_\d+$/);
    await expect(page.getByTestId("items-affected")).toContainText(String(MESSAGES));
    await expect(page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: /Incidents/ })).toContainText(
      "1",
    );
  });

  await test.step("a canary against an endpoint that still fails stops the recovery and says why", async () => {
    await page.getByTestId("incident-find").click();
    await page.getByTestId("find-start").click();
    await expect(step(page, "preview")).toHaveAttribute("data-status", "waiting");
    await page.getByTestId("incident-start").click();
    await page.getByTestId("replay-reason").fill("Trying whether the endpoint is back");
    await expect(page.getByTestId("recovery-confirm")).toHaveAttribute("aria-disabled", "true");
    await page.getByTestId("recovery-typed").fill(String(MESSAGES));
    await page.getByTestId("recovery-confirm").click();
    await expect(step(page, "canary")).toHaveAttribute("data-status", "failed", { timeout: 120_000 });
    await expect(page.getByTestId("next-step")).toContainText("The canary stopped.");
    await expect(step(page, "run")).toHaveAttribute("data-status", "pending");
  });

  await test.step("the endpoint is back: the rest recovers in stages, is verified, and the incident closes itself", async () => {
    agent.setMode("ok");
    await sql`delete from destination_health`;
    await page.getByTestId("incident-start").click();
    await page.getByTestId("replay-reason").fill("The deploy is rolled back, ticket OPS-4711");
    await page.getByTestId("recovery-typed").fill(String(MESSAGES));
    await page.getByTestId("recovery-confirm").click();
    await expect(page.getByTestId("incident-state")).toHaveText("Closed", { timeout: 240_000 });
    await expect(page.getByTestId("items-verified")).toContainText(String(MESSAGES));
    await expect(step(page, "verify")).toHaveAttribute("data-status", "done");
    await expect(page.getByTestId("stage")).not.toHaveCount(1);
  });

  await test.step("each event has a proof, each merchant a notice", async () => {
    await page.getByTestId("items-verified").click();
    await expect(page).toHaveURL(/view=items&state=verified/);
    await expect(page.getByTestId("incident-item").first()).toContainText("acknowledged it");
    await page.getByTestId("view-impact").click();
    const merchant = page.getByTestId("impact-merchant").filter({ hasText: "71" });
    await expect(merchant).toContainText("100 %");
    await expect(page.getByTestId("kpis")).toContainText("Delivered and verified");
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await merchant.getByRole("button", { name: /Copy the notice/ }).click();
    const notice = await page.evaluate(() => navigator.clipboard.readText());
    expect(notice).toMatch(/26 events of your account \(71\)[\s\S]*All of them have been processed and checked/);
  });

  await test.step("a note is in the timeline for good", async () => {
    await page.getByTestId("view-timeline").click();
    await page.getByTestId("note-text").fill("Both merchants confirm that nothing is missing.");
    await page.getByTestId("note-send").click();
    await expect(page.getByTestId("log-entry").first()).toContainText("Both merchants confirm");
    await expect(page.getByTestId("note-text")).toHaveValue("");
  });

  await test.step("the evidence is a zip, and the focus returns to its button", async () => {
    await page.getByTestId("incident-evidence").click();
    const said = await page.getByRole("dialog").textContent();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByTestId("evidence-download").click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^evidence-in_\d+\.zip$/);
    // The command named a file that is not the download.
    expect(said).toContain(`npm run verify-evidence -- ${download.suggestedFilename()}`);
    const bytes = await readFile(await download.path());
    expect(bytes.subarray(0, 2).toString()).toBe("PK");
    await expect(page.getByTestId("incident-evidence")).toBeFocused();
  });

  await test.step("on a phone nothing scrolls sideways", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const view of ["", "?view=items", "?view=impact", "?view=timeline"]) {
      await page.goto(page.url().replace(/\?.*|$/, view));
      await expect(page.getByTestId("incident-verdict")).toBeVisible();
      await expectNoSidewaysScroll(page);
    }
    await page.goto(`${app.url}/incidents`);
    await expectNoSidewaysScroll(page);
  });
});
