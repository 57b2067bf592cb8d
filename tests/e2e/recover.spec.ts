/** The main task of support staff: a webhook comes in, its forwards fail, it is dead, and it is replayed in the browser. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, type Page, test } from "playwright/test";
import { ROOT } from "../../lib/db/supabase-cli";
import { type RunningApp, startApp } from "../support/app";
import { type AgentSdk, startAgentSdk } from "../tools/agent-sdk";
import { signInAt } from "./sign-in";

const run = promisify(execFile);
let app: RunningApp;
let agent: AgentSdk;

test.beforeAll(async () => {
  agent = await startAgentSdk({ port: 0 });
  app = await startApp({ env: { AGENT_SDK_URL: agent.url } });
});
test.afterAll(async () => {
  await app?.stop();
  await agent?.close();
});

/** `npm run send`, as a newcomer runs it: DATA_DIR says where the app answers. Returns the address it prints. */
async function send(provider: string, event: string): Promise<string> {
  const { stdout } = await run("npm", ["run", "send", "--", provider, event], {
    cwd: ROOT,
    env: { ...process.env, PORT: "", DATA_DIR: app.dataDir },
  });
  const link = /Open it: (\S+\/events\/we_\d+)/.exec(stdout)?.[1];
  if (!link) throw new Error(`send printed no link:\n${stdout}`);
  return link;
}

const signIn = (page: Page) => signInAt(page, app, "/events");

const row = (page: Page, type: string) => page.getByTestId("event-row").filter({ hasText: type }).first();

test("a failed forward is found, understood, replayed and turns green without a reload", async ({ page }) => {
  await test.step("a wrong password is refused in words", async () => {
    await page.goto(`${app.url}/sign-in`);
    await page.getByTestId("sign-in-email").fill(app.adminEmail);
    await page.getByTestId("sign-in-password").fill("not the password");
    await page.getByTestId("sign-in-submit").click();
    await expect(page.getByRole("alert").filter({ hasText: /password/i })).toBeVisible();
  });
  await signIn(page);

  await test.step("what is sent shows up within a second, projected or forwarded", async () => {
    for (const [provider, type] of [
      ["stripe", "invoice.payment_succeeded"],
      ["telnyx", "call.hangup"],
      ["chatwoot", "message_created"],
    ] as const) {
      await send(provider, type);
      await expect(row(page, type)).toBeVisible();
      await expect(row(page, type).getByTestId("event-status")).toHaveText(/Processed/);
    }
  });

  await test.step("with the Agent SDK down a message is retried and dies of connection_refused", async () => {
    await agent.close();
    await page.goto(await send("chatwoot", "message_created"));
    await expect(page.getByTestId("event-status").first()).toHaveText(/Dead/);
    await expect(page.getByText("Connection refused").first()).toBeVisible();
    await expect(page.getByText(/Attempt 3/).first()).toBeVisible();
  });

  await test.step("after the Agent SDK is back, a click on Replay turns it green", async () => {
    agent = await startAgentSdk({ port: Number(new URL(agent.url).port) });
    let reloads = 0;
    page.on("framenavigated", (frame) => {
      if (frame === page.mainFrame()) reloads += 1;
    });
    await page.getByTestId("replay-button").click();
    await page.getByTestId("replay-reason").fill("The Agent SDK was down");
    await page.getByTestId("replay-confirm").click();
    await expect(page.getByTestId("event-status").first()).toHaveText(/Replayed/);
    await expect(page.getByTestId("delivery-status").first()).toHaveText(/Delivered/);
    await expect(page.getByText("The Agent SDK was down").first()).toBeVisible();
    expect(reloads).toBe(0);
    expect(agent.received.filter((request) => request.answered === 200)).toHaveLength(1);
    expect(Object.fromEntries(agent.received[0]?.headers.map(([n, v]) => [n.toLowerCase(), v]) ?? [])).toMatchObject({
      "x-redrive-replay": "true",
    });
  });
});

test("somebody who is signed out sees the sign-in page, and the API says 401", async ({ page, request }) => {
  await page.goto(`${app.url}/events/we_1`);
  await expect(page).toHaveURL(/\/sign-in\?callbackUrl=/);
  expect((await request.get(`${app.url}/api/webhooks/events`)).status()).toBe(401);
});

test("hostile text in a payload stays text [S40] [D12]", async ({ page }) => {
  const dialogs: string[] = [];
  page.on("dialog", (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await signIn(page);
  const key = await sendHostile();
  await page.goto(`${app.url}/events?q=${encodeURIComponent(key)}`);
  await page.getByTestId("event-row").first().click();
  await expect(page.getByText("<img src=x onerror=alert(1)>").first()).toBeVisible();
  expect(dialogs).toEqual([]);
});

async function sendHostile(): Promise<string> {
  const { readFileSync } = await import("node:fs");
  const { sign } = await import("../fixtures/sign");
  const secrets = JSON.parse(readFileSync(`${app.dataDir}/secrets.json`, "utf8"));
  const id = `msg_${Date.now()}`;
  const body = JSON.stringify({
    type: "note.added",
    data: { text: "<img src=x onerror=alert(1)>", bidi: "a\u202eb", "</script><script>alert(2)</script>": 1 },
  });
  const headers = sign("standard", body, { secret: secrets.STANDARD_WEBHOOK_SECRET, id }) as [string, string][];
  const response = await fetch(`${app.url}/api/webhooks/standard`, { method: "POST", headers, body });
  expect(response.status).toBe(200);
  return id;
}
