/** What a first-time user of reconciliation sees, and how missing events reach those who read the overview. */
import { expect, test } from "playwright/test";
import type postgres from "postgres";
import { stripeEvent } from "../../lib/providers/stripe/sample";
import { bodyOf } from "../../lib/samples/ids";
import { sign } from "../fixtures/sign";
import { appEnvironment } from "../support/processes";
import { type AppOnCopy, startOnCopy } from "../support/shared-app";
import { type AgentSdk, startAgentSdk } from "../tools/agent-sdk";
import { signInAt } from "./sign-in";

let app: AppOnCopy;
let agent: AgentSdk;
let sql: postgres.Sql;

test.beforeAll(async () => {
  agent = await startAgentSdk({ port: 0 });
  app = await startOnCopy(appEnvironment(agent));
  sql = app.sql;
  // An alert would take the place of what the overview says of the same; alerts.spec.ts is about that.
  await sql`update alert_rules set enabled = false`;
});
test.afterAll(async () => {
  await app?.close();
  await agent?.close();
});

/** A run that ended long ago, and what it found. */
async function addRun(missing: number): Promise<string> {
  const [run] = await sql`
    insert into reconciliations (provider, started_by, status, from_ts, to_ts, actor, actor_id, listed, received, started_at, completed_at)
    values ('stripe', 'schedule', 'completed', now() - interval '3 hours', now() - interval '2 hours', 'Redrive', 'redrive', 9, 9,
      now() - interval '2 hours', now() - interval '1 hour')
    returning id`;
  await sql`
    insert into findings (reconciliation_id, provider, kind, identity, event_key, event_type, occurred_at, origin, body, headers)
    select ${run?.id}, 'stripe', 'missing', 'evt_lost' || n, 'evt_lost' || n, 'invoice.payment_succeeded',
      now() - interval '3 hours', 'provider_api', '{}', '[]'
    from generate_series(1, ${missing}::int) n`;
  return `rc_${run?.id}`;
}

test("sources without a key filled the page with cards: they are one line each, which says what a key would prove", async ({
  page,
}) => {
  await signInAt(page, app, "/reconciliation");
  await expect(page.getByTestId("watched")).toContainText("No source is watched yet");
  await expect(page.getByTestId("coverage-stripe")).toHaveCount(0);
  const line = page.getByTestId("not-set-up-stripe");
  await expect(line).toContainText("Every event that Stripe created in the window is here");
  const setUp = line.getByRole("button", { name: "Set up Stripe" });
  await setUp.click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("read access to Events");
  await expect(dialog).toContainText("Cannot see");
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(setUp).toBeFocused();
});

test("missing events were not on the overview: they are, and lead to the run that shows them, not to the newest", async ({
  page,
}) => {
  const body = bodyOf(stripeEvent({ id: "evt_here" }));
  const headers = sign("stripe", body) as [string, string][];
  await fetch(`${app.url}/api/webhooks/stripe`, { method: "POST", headers, body: new Uint8Array(body) });
  const found = await addRun(3);
  await addRun(0);
  await signInAt(page, app, "/");
  const concern = page.getByRole("listitem").filter({ hasText: "Stripe: 3 events are missing." });
  await expect(concern).toBeVisible();
  await concern.getByRole("link", { name: "Open run" }).click();
  await expect(page).toHaveURL(`${app.url}/reconciliation/${found}`);
  await page.goto(`${app.url}/reconciliation`);
  await expect(page.getByTestId("coverage-stripe").getByTestId("missing-now").getByRole("link")).toHaveAttribute(
    "href",
    `/reconciliation/${found}`,
  );
});
