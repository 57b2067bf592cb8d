/** An outage as a support agent lives it: opens the incident, sees what is affected, asks for the rest, and an administrator approves. */
import { type Browser, expect, type Page, test } from "playwright/test";
import type postgres from "postgres";
import { chatwootEvent } from "../../lib/providers/chatwoot/sample";
import { bodyOf, nextUuid } from "../../lib/samples/ids";
import { sign } from "../fixtures/sign";
import { appEnvironment, until } from "../support/processes";
import { type AppOnCopy, startOnCopy } from "../support/shared-app";
import { type AgentSdk, startAgentSdk } from "../tools/agent-sdk";
import { signInAt } from "./sign-in";

const PASSWORD = "seven quiet lighthouses";
const MESSAGES = 12;
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

/** Messages whose only attempt failed, while the circuit of the Agent SDK stays closed. */
async function deadMessages(count: number): Promise<void> {
  agent.setMode("422");
  for (let n = 0; n < count; n += 1) {
    const body = bodyOf(chatwootEvent());
    const headers = sign("chatwoot", body, { id: nextUuid() }) as [string, string][];
    const answer = await fetch(`${app.url}/api/webhooks/chatwoot`, {
      method: "POST",
      headers,
      body: new Uint8Array(body),
    });
    expect(answer.status).toBe(200);
  }
  await until("they are dead", async () => {
    const [row] = await sql`select count(*)::int from events where status = 'dead'`;
    return row?.count === count;
  });
  await sql`delete from destination_health`;
  await sql`delete from destination_statistics`;
}

/** A member of the staff who accepts an invitation in a browser of their own. */
async function invited(browser: Browser, admin: Page, email: string, role: string, name: string): Promise<Page> {
  const link = await admin.evaluate(
    async (body) => {
      const headers = { "content-type": "application/json" };
      const made = await fetch("/api/staff", { method: "POST", headers, body: JSON.stringify(body) });
      return (await made.json()).invitation.url as string;
    },
    { email, role },
  );
  const page = await (await browser.newContext()).newPage();
  await page.goto(link);
  await page.getByTestId("invitation-name").fill(name);
  await page.getByTestId("invitation-password").fill(PASSWORD);
  await page.getByTestId("invitation-submit").click();
  await expect(page).toHaveURL(`${app.url}/`);
  return page;
}

const step = (page: Page, name: string) => page.getByTestId(`step-${name}`);

// The viewer reads what the agent opened.
test.describe.configure({ mode: "serial" });

test("a support agent opens an incident from a filter, previews it and asks; an administrator approves, and it closes itself", async ({
  page: admin,
  browser,
}) => {
  await deadMessages(MESSAGES);
  agent.setMode("ok");
  await signInAt(admin, app, "/incidents");
  await expect(admin.getByRole("heading", { name: "No incident yet" })).toBeVisible();
  const noor = await invited(browser, admin, "noor@example.com", "support", "Noor");

  await test.step("what the filter matches becomes the incident", async () => {
    await noor.goto(`${app.url}/events?status=dead`);
    await expect(noor.getByTestId("event-row").first()).toBeVisible();
    await noor.getByTestId("incident-of-filter").click();
    await noor.getByTestId("incident-title").fill("Agent SDK answers 422");
    await noor.getByTestId("incident-cause").fill("The deploy of 14:02. Rolled back, OPS-4711.");
    await noor.getByTestId("incident-open").click();
    await expect(noor).toHaveURL(/\/incidents\/in_\d+$/);
    await expect(noor.getByTestId("incident-verdict")).toContainText(`0 of ${MESSAGES} events are verified`);
    await expect(noor.getByTestId("items-affected")).toContainText(String(MESSAGES));
  });

  await test.step("taking it stops the clock of its severity", async () => {
    await expect(noor.getByTestId("response-clock")).toContainText("Owner due in");
    await noor.getByTestId("take-over").click();
    await expect(noor.getByTestId("incident-owner")).toContainText("noor@example.com");
    await expect(noor.getByTestId("response-clock")).toContainText("Taken after");
  });

  await test.step("it is found out what is affected, and nothing is delivered", async () => {
    await noor.getByTestId("incident-find").click();
    await noor.getByTestId("find-start").click();
    await expect(step(noor, "preview")).toHaveAttribute("data-status", "waiting");
    await expect(step(noor, "find_failed")).toContainText(`${MESSAGES} failed`);
    await expect(step(noor, "find_missing")).toContainText("not asked");
    await expect(step(noor, "preview")).toContainText(`${MESSAGES} events would be delivered`);
    expect(agent.received.filter(({ answered }) => answered === 200)).toHaveLength(0);
  });

  await test.step("the start is an administrator's, so one click asks for it", async () => {
    await expect(noor.getByTestId("incident-start")).toHaveCount(0);
    await noor.getByTestId("ask-recover").click();
    await expect(noor.getByTestId("incident-request")).toContainText("Noor asks to start the recovery");
    await expect(noor.getByTestId("request-approve")).toHaveAttribute("aria-disabled", "true");
  });

  await test.step("an administrator approves with a reason, and both names are in the timeline", async () => {
    await admin.goto(noor.url());
    await admin.getByTestId("request-approve").click();
    await expect(admin.getByTestId("decide-confirm")).toBeDisabled();
    await admin.getByTestId("replay-reason").fill("Preview checked, the Agent SDK answers 200");
    await admin.getByTestId("decide-confirm").click();
    await expect(admin.getByTestId("incident-request")).toHaveCount(0);
  });

  await test.step("it recovers, verifies and closes itself while the page is open", async () => {
    await expect(noor.getByTestId("incident-state")).toHaveText("Closed", { timeout: 120_000 });
    await expect(noor.getByTestId("incident-verdict")).toHaveText(
      `All ${MESSAGES} events are verified. It closed itself.`,
    );
    await expect(noor.getByTestId("stage").first()).toContainText("Completed");
    await noor.getByTestId("view-timeline").click();
    await expect(noor.getByTestId("log-entry")).not.toHaveCount(0);
    const kinds = await noor.getByTestId("log-entry").evaluateAll((all) => all.map((one) => one.dataset.kind));
    for (const kind of ["opened", "changed", "step", "requested", "approved", "verified", "closed"]) {
      expect(kinds).toContain(kind);
    }
    expect(agent.received.filter(({ answered }) => answered === 200)).toHaveLength(MESSAGES);
  });
  await noor.context().close();
});

test("a viewer sees an incident and is told why nothing can be pressed", async ({ page: admin, browser }) => {
  await signInAt(admin, app, "/");
  const marek = await invited(browser, admin, "marek@example.com", "viewer", "Marek");
  await marek.goto(`${app.url}/incidents`);
  await marek.getByTestId("incident-row").first().getByRole("link").click();
  await marek.getByTestId("view-timeline").click();
  await expect(marek.getByTestId("note-text")).toBeDisabled();
  await expect(marek.getByTestId("note-send")).toHaveAttribute("aria-disabled", "true");
  await expect(marek.getByTestId("note-send")).toHaveAttribute("aria-description", /Support role/);
  await marek.goto(`${app.url}/events?status=replayed`);
  await expect(marek.getByTestId("incident-of-filter")).toHaveAttribute("aria-disabled", "true");
  await marek.context().close();
});
