/** Single sign-on as a person sees it: the button, the provider's own pages, the errors, the settings. */
import { expect, type Page, test } from "playwright/test";
import type postgres from "postgres";
import { type RunningApp, startApp } from "../support/app";
import { CLIENT, type IdentityProvider, startIdentityProvider } from "../support/identity-provider";
import { appEnvironment, connectTo } from "../support/processes";
import { type AgentSdk, startAgentSdk } from "../tools/agent-sdk";
import { signInAt } from "./sign-in";

let app: RunningApp;
let agent: AgentSdk;
let provider: IdentityProvider;
let sql: postgres.Sql;

test.beforeAll(async () => {
  provider = await startIdentityProvider();
  agent = await startAgentSdk({ port: 0 });
  app = await startApp({
    env: appEnvironment(agent, {
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: CLIENT.id,
      OIDC_CLIENT_SECRET: CLIENT.secret,
    }),
  });
  provider.register(`${app.url}/api/auth/callback/oidc`);
  sql = await connectTo(app.dataDir);
  await sql`insert into staff_users (email, name, role, disabled_at) values
    ('verified@example.com', 'Vera Verified', 'support', null),
    ('userinfo@example.com', 'Uma Userinfo', 'viewer', null),
    ('disabled@example.com', 'Dora', 'admin', now())`;
});
test.afterAll(async () => {
  await sql?.end();
  await app?.stop();
  await agent?.close();
  await provider?.close();
});

/** Presses the button, and signs in on the provider's own pages. */
async function signInAs(page: Page, login: string): Promise<void> {
  await page.getByTestId("single-sign-on").click();
  await page.getByPlaceholder("Enter any login").fill(login);
  await page.getByPlaceholder("and password").fill("any");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
}

test("a person of the staff signs in at the provider and arrives where they wanted to be", async ({ page }) => {
  for (const [login, algorithm] of [
    ["verified", "ES256"],
    ["userinfo", "EdDSA"],
  ] as const) {
    provider.signWith(algorithm);
    await page.goto(`${app.url}/replays`);
    await expect(page).toHaveURL(/\/sign-in\?callbackUrl=%2Freplays/);
    await signInAs(page, login);
    await expect(page).toHaveURL(`${app.url}/replays`);
    await page.goto(`${app.url}/account`);
    await expect(page.getByTestId("session-row").filter({ hasText: "This device" })).toHaveCount(1);
    await page.context().clearCookies();
  }
});

test("who is not let in is told why, and what to do", async ({ page }) => {
  for (const [login, sentence] of [
    ["stranger", "Your e-mail address has no invitation to Redrive. Ask an administrator to invite you."],
    ["disabled", "Your account in Redrive is disabled. Ask an administrator."],
    ["unverified", "Your identity provider says that your e-mail address is not verified."],
    ["silent", "Redrive needs the claim email_verified with the value true"],
  ] as const) {
    await page.goto(`${app.url}/sign-in`);
    await signInAs(page, login);
    await expect(page).toHaveURL(/\/sign-in\?error=SingleSignOn\./);
    await expect(page.getByRole("alert").filter({ hasText: sentence })).toBeVisible();
    await page.context().clearCookies();
  }
  await page.goto(`${app.url}/sign-in`);
  await page.getByTestId("single-sign-on").click();
  await page.getByRole("link", { name: "Cancel" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "cancelled at your identity provider" })).toBeVisible();
});

test("an administrator sees what to register and who gets in, and every refusal in words", async ({ page }) => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await signInAt(page, app, "/settings/people");
  const section = page.getByTestId("single-sign-on");
  await expect(section).toContainText(provider.issuer);
  await expect(section).toContainText("Only people on this page who are not disabled");
  await section.getByRole("button", { name: "Copy callback URL" }).click();
  await expect(section.getByRole("button", { name: "Copied" })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${app.url}/api/auth/callback/oidc`);
  expect(await page.content()).not.toContain(CLIENT.secret);

  await page.goto(`${app.url}/settings/audit`);
  const refusal = (words: string) => page.getByTestId("audit-row").filter({ hasText: words });
  await expect(refusal("was refused a sign-in as stranger@example.com")).toContainText("not invited, from ");
  await expect(refusal("was refused a sign-in as disabled@example.com")).toContainText("the account is disabled");
  await expect(refusal("cancelled or refused at the identity provider")).toHaveCount(1);
  await expect(refusal("signed in as verified@example.com")).toContainText("method: single sign-on");
});

test("a provider that does not answer leaves the password's way in", async ({ page }) => {
  await page.goto(`${app.url}/sign-in`);
  await page.getByTestId("single-sign-on").click();
  await page.getByPlaceholder("Enter any login").fill("verified");
  await page.getByPlaceholder("and password").fill("any");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).waitFor();
  // The browser's consent still arrives; the exchange of the code does not.
  provider.failPath("/token", 503);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Your identity provider does not respond." })).toBeVisible();
  await page.getByTestId("sign-in-email").fill(app.adminEmail);
  await page.getByTestId("sign-in-password").fill(app.adminPassword);
  await page.getByTestId("sign-in-submit").click();
  await expect(page).toHaveURL(`${app.url}/`);
});
