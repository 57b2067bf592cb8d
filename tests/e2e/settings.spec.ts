/**
 * An administrator's work: a token made, used, seen used and revoked; a person invited, let in, bounded by the role.
 * Long because each section of the settings has its story, on one app.
 */
import { type Browser, expect, type Page, test } from "playwright/test";
import type postgres from "postgres";
import { appEnvironment } from "../support/processes";
import { type AppOnCopy, startOnCopy } from "../support/shared-app";
import { type AgentSdk, startAgentSdk } from "../tools/agent-sdk";
import { signInAt } from "./sign-in";

const PASSWORD = "a long enough password";

let app: AppOnCopy;
let agent: AgentSdk;
let sql: postgres.Sql;

test.beforeAll(async () => {
  agent = await startAgentSdk({ port: 0 });
  app = await startOnCopy(appEnvironment(agent));
  sql = app.sql;
});
test.afterAll(async () => {
  await app?.close();
  await agent?.close();
});

const signIn = (page: Page, path: string) => signInAt(page, app, path);

/** Another person at another machine: a context without the administrator's session. */
async function elsewhere(browser: Browser, url: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(url);
  return page;
}

const read = (token: string, path = "/api/webhooks/events") =>
  fetch(`${app.url}${path}`, { headers: { authorization: `Bearer ${token}` } });

test("a token is made in the browser, used, seen to be used, and revoked", async ({ page }) => {
  await signIn(page, "/settings/tokens");
  await expect(page.getByText("No API token yet")).toBeVisible();

  const token = await test.step("it is shown once, and stays until its button says that it is copied", async () => {
    await page.getByTestId("create-token").click();
    await page.getByTestId("token-name").fill("billing monitor");
    await page.getByTestId("token-confirm").click();
    const secret = await page.getByTestId("secret").inputValue();
    expect(secret).toMatch(/^rd_[\w-]{43}$/);
    await page.keyboard.press("Escape");
    await page.mouse.click(5, 5);
    await expect(page.getByTestId("secret")).toHaveValue(secret);
    await page.getByTestId("secret-copy").click();
    await page.getByTestId("secret-done").click();
    await expect(page.getByTestId("secret")).toHaveCount(0);
    expect(await page.content()).not.toContain(secret);
    return secret;
  });

  await test.step("it does what its scope names; the page says when", async () => {
    await expect(page.getByTestId("token-last-used")).toContainText("never");
    expect((await read(token)).status).toBe(200);
    expect((await read(token, "/api/audit")).status).toBe(403);
    await expect(page.getByTestId("token-last-used")).toContainText(/now|s ago/);
  });

  await test.step("revoked, it is refused", async () => {
    await page.getByTestId("token-revoke").click();
    await expect(page.getByRole("dialog")).toContainText("Requests with it are refused at once");
    await page.getByTestId("confirm").click();
    await expect(page.getByTestId("token-row")).toContainText("Revoked");
    expect((await read(token)).status).toBe(401);
  });
});

test("a person is invited, sets a password, sees what the role may, and is shut out again", async ({
  page,
  browser,
}) => {
  await signIn(page, "/settings/people");
  const row = (email: string) => page.getByTestId("person-row").filter({ hasText: email });
  await expect(row(app.adminEmail)).toContainText("you");
  await expect(row(app.adminEmail).getByTestId("person-actions")).toHaveCount(0);

  const link = await test.step("the link is made for one role", async () => {
    await page.getByTestId("invite").click();
    await page.getByTestId("invite-email").fill("ada@example.com");
    await page.getByRole("radio", { name: /^Viewer/ }).check();
    await page.getByTestId("invite-confirm").click();
    const url = await page.getByTestId("secret").inputValue();
    await page.getByTestId("secret-copy").click();
    await page.getByTestId("secret-done").click();
    await expect(row("ada@example.com")).toContainText("Invited");
    return url;
  });

  const ada = await elsewhere(browser, link);
  await test.step("the invited person accepts and is in", async () => {
    await expect(ada.getByText("You are invited as viewer.")).toBeVisible();
    await ada.getByTestId("invitation-name").fill("Ada Lovelace");
    await ada.getByTestId("invitation-password").fill(PASSWORD);
    await ada.getByTestId("invitation-submit").click();
    await expect(ada).toHaveURL(`${app.url}/`);
    await expect(row("ada@example.com")).toContainText("Active");
    await expect(row("ada@example.com")).toContainText("Ada Lovelace");
  });

  await test.step("a viewer has no settings", async () => {
    await expect(ada.getByRole("link", { name: "Events", exact: true })).toBeVisible();
    await expect(ada.getByRole("link", { name: "Settings" })).toHaveCount(0);
    for (const path of ["/settings/people", "/settings/tokens", "/settings/retention", "/settings/audit"]) {
      await ada.goto(`${app.url}${path}`);
      await expect(ada.getByText("Your role may not see this page")).toBeVisible();
    }
    expect(await ada.evaluate(async () => (await fetch("/api/staff")).status)).toBe(403);
  });

  await test.step("the link opens nothing any more", async () => {
    const late = await elsewhere(browser, link);
    await expect(late.getByText("This link no longer works")).toBeVisible();
    await late.context().close();
  });

  await test.step("another role and disabling act at once, and say so first", async () => {
    await row("ada@example.com").getByTestId("person-actions").click();
    await page.getByRole("menuitem", { name: "Change role…" }).click();
    await page.getByRole("radio", { name: /^Support/ }).check();
    await expect(page.getByRole("dialog")).toContainText("Ada Lovelace is signed out everywhere at once");
    await page.getByTestId("confirm").click();
    await expect(row("ada@example.com")).toContainText("Support");
    await ada.goto(`${app.url}/events`);
    await expect(ada).toHaveURL(/\/sign-in/);
    await ada.getByTestId("sign-in-email").fill("ada@example.com");
    await ada.getByTestId("sign-in-password").fill(PASSWORD);
    await ada.getByTestId("sign-in-submit").click();
    await expect(ada).toHaveURL(`${app.url}/events`);

    await row("ada@example.com").getByTestId("person-actions").click();
    await page.getByRole("menuitem", { name: "Disable…" }).click();
    await page.getByTestId("confirm").click();
    await expect(row("ada@example.com")).toContainText("Disabled");
    expect(await ada.evaluate(async () => (await fetch("/api/webhooks/events")).status)).toBe(401);
  });

  await test.step("the log says it all, filtered and as a file", async () => {
    await page.getByRole("link", { name: "Audit log" }).click();
    const entries = page.getByTestId("audit-row").filter({ hasText: "ada@example.com" });
    await expect(entries.first()).toContainText("Administrator disabled ada@example.com");
    // Invited, accepted, signed in, another role, signed in again, disabled.
    await expect(entries).toHaveCount(6);
    await page.getByLabel("Filter by action: any").click();
    await page.getByRole("checkbox", { name: "changed the role of" }).check();
    await expect(page).toHaveURL(/action=staff\.change_role/);
    await expect(page.getByTestId("audit-row")).toHaveCount(1);
    await expect(page.getByTestId("audit-row")).toContainText("viewer → support");
    await page.keyboard.press("Escape");
    const started = page.waitForEvent("download");
    await page.getByTestId("audit-export").click();
    await page.getByRole("menuitem", { name: "What matches as CSV" }).click();
    expect((await started).suggestedFilename()).toBe("audit.csv");
    expect(await sql`select count(*)::int from staff_actions where action = 'audit.export'`).toEqual([{ count: 1 }]);
  });
  await ada.context().close();
});

test("sessions are seen and ended from the account's page, and signing out ends one for good", async ({
  page,
  browser,
}) => {
  await signIn(page, "/account");
  const rows = page.getByTestId("session-row");
  await expect(rows.filter({ hasText: "This device" })).toHaveCount(1);
  const ours = await rows.count();

  const other = await (await browser.newContext()).newPage();
  await signIn(other, "/events");
  await page.reload();
  await expect(rows).toHaveCount(ours + 1);
  await test.step("one elsewhere is ended, and is out on its next click", async () => {
    await rows.filter({ hasNotText: "This device" }).first().getByTestId("session-end").click();
    await expect(rows).toHaveCount(ours);
    await other.goto(`${app.url}/events`);
    await expect(other).toHaveURL(/\/sign-in/);
  });
  await test.step("the cookie of a browser that signed out opens nothing, put back", async () => {
    await signIn(other, "/events");
    const cookies = await other.context().cookies();
    await other.getByRole("button", { name: /account of/ }).click();
    await other.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(other).toHaveURL(/\/sign-in/);
    await other.context().addCookies(cookies);
    await other.goto(`${app.url}/events`);
    await expect(other).toHaveURL(/\/sign-in/);
  });
  await test.step("everywhere is here, too", async () => {
    await page.getByTestId("sign-out-everywhere").click();
    await page.getByTestId("confirm").click();
    await expect(page).toHaveURL(/\/sign-in/);
    await page.goto(`${app.url}/account`);
    await expect(page).toHaveURL(/\/sign-in/);
  });
  await other.context().close();
});

test("disabling somebody with API tokens asks what becomes of them", async ({ page }) => {
  const [row] = await sql`insert into staff_users (email, name, role, password_hash)
    values ('tom@example.com', 'Tom Tokens', 'admin', 'x') returning id`;
  await sql`insert into api_tokens (name, token_hash, hint, scopes, owner_id, created_by, expires_at)
    values ('nightly export', sha256('nightly'), 'abcd', '{events:read}', ${row?.id}, 'Tom Tokens', now() + interval '1 day')`;
  await signIn(page, "/settings/people");
  const tom = page.getByTestId("person-row").filter({ hasText: "tom@example.com" });
  await tom.getByTestId("person-actions").click();
  await page.getByRole("menuitem", { name: "Disable…" }).click();
  await expect(page.getByTestId("confirm")).toBeDisabled();
  await page.getByLabel("What happens to the 1 API token of Tom Tokens").selectOption({ label: "Hand over to me" });
  await page.getByTestId("confirm").click();
  await expect(tom).toContainText("Disabled");
  const [owner] =
    await sql`select u.email from api_tokens t join staff_users u on u.id = t.owner_id where t.name = 'nightly export'`;
  expect(owner?.email).toBe(app.adminEmail);
  await page.goto(`${app.url}/settings/audit`);
  await expect(
    page.getByTestId("audit-row").filter({ hasText: "handed over the API token nightly export" }),
  ).toContainText("tom@example.com → ");
});

test("who guesses too often is told how long to wait, and an administrator lifts it", async ({ page, browser }) => {
  await signIn(page, "/settings/people");
  await sql`insert into staff_users (email, name, role, password_hash) values ('una@example.com', 'Una', 'viewer', 'x')`;
  await sql`insert into sign_in_guesses (kind, account, network, is_familiar, booked_at)
    select 'password', 'una@example.com', '198.51.100.' || n, false, clock_timestamp() from generate_series(1, 12) n`;
  const una = await elsewhere(browser, `${app.url}/sign-in`);
  await una.getByTestId("sign-in-email").fill("una@example.com");
  await una.getByTestId("sign-in-password").fill("wrong");
  await una.getByTestId("sign-in-submit").click();
  await expect(una.getByRole("alert").filter({ hasText: "Too many" })).toHaveText(
    /^Too many attempts\. Wait \d+ seconds?, then try again\.$/,
  );
  await page.reload();
  await page.getByTestId("limit-row").filter({ hasText: "una@example.com" }).getByTestId("limit-lift").click();
  await expect(page.getByTestId("limit-row")).toHaveCount(0);
  await una.getByTestId("sign-in-submit").click();
  await expect(una.getByText("Wrong e-mail or password.")).toBeVisible();
  await una.context().close();
});

test("twelve spaces are no password, which the form says before it sends", async ({ page, browser }) => {
  await signIn(page, "/settings/people");
  const link = await page.evaluate(async () => {
    const made = await fetch("/api/staff", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email: "space@example.com", role: "viewer" }),
    });
    return (await made.json()).invitation.url as string;
  });
  const guest = await elsewhere(browser, link);
  await guest.getByTestId("invitation-name").fill("Sam Space");
  for (const weak of [" ".repeat(12), "passwordpassword", "space@example.com"]) {
    await guest.getByTestId("invitation-password").fill(weak);
    await guest.getByTestId("invitation-submit").click();
    await expect(guest.getByText("This password is too easy to guess.")).toBeVisible();
  }
  await guest.getByTestId("invitation-password").fill(PASSWORD);
  await guest.getByTestId("invitation-submit").click();
  await expect(guest).toHaveURL(`${app.url}/`);
  await guest.context().close();
});

test("how long bytes are kept is changed after what would go was counted, and their event then says that they are gone", async ({
  page,
}) => {
  const [event] = await sql`
    insert into events (provider, event_key, event_type, trust, parse_status, body_size, body_sha256,
      fingerprint, method, path, headers, received_at, status)
    values ('stripe', 'evt_old', 'invoice.paid', 'signed', 'ok', 2, sha256('{}'), sha256('{}'), 'POST',
      '/', '[]', now_() - interval '91 days', 'processed')
    returning id::int`;
  await sql`insert into event_bodies (event_id, raw_body) values (${event?.id}, '{}')`;
  await signIn(page, "/settings/retention");
  const row = page.getByTestId("retention-bodies");
  await expect(row).toContainText("For ever");
  await page.getByTestId("change-bodies").click();
  await page.getByLabel("Keep").selectOption("days");
  await page.getByRole("textbox", { name: "Days" }).fill("90");
  await page.getByTestId("save-retention").click();
  await expect(page.getByTestId("older-rows")).toContainText("1 row is older than 90 days and will be deleted");
  await page.getByTestId("save-retention").click();
  await expect(row).toContainText("90 days");
  await sql`select forget_rows('bodies', array[${event?.id}]::bigint[], null)`;
  await page.goto(`${app.url}/events/we_${event?.id}`);
  const gone = /The bytes were deleted on .* under the retention of 90 days\./;
  await expect(page.getByText(gone).first()).toContainText("This event cannot be replayed.");
  await expect(page.getByText(gone)).toHaveCount(2);
});
