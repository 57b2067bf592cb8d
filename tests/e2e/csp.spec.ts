/** What the Content Security Policy lets run in a browser: all of our code, and nothing else. */
import { expect, type Page, test } from "playwright/test";
import { hashPassword } from "../../lib/auth/password";
import { APP_ENVIRONMENT } from "../support/processes";
import { type AppOnCopy, startOnCopy } from "../support/shared-app";
import { hydrated, signInAt } from "./sign-in";

let app: AppOnCopy;
test.beforeAll(async () => {
  app = await startOnCopy(APP_ENVIRONMENT);
});
test.afterAll(() => app?.close());

const CONSOLE = [
  "/",
  "/events",
  "/dead-letters",
  "/replays",
  "/alerts",
  "/alerts/rules",
  "/destinations",
  "/sources",
  "/alerts/channels",
  "/kpis",
  "/account",
  "/settings/people",
  "/settings/tokens",
  "/settings/retention",
  "/settings/audit",
  "/events/we_999999",
  "/nowhere",
];
const SIGNED_OUT = ["/sign-in", "/invitation/none", "/api-reference", "/nope.html"];

/** The violations that the browser reports. */
function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (/content security policy|refused to|hydrat|minified react/i.test(message.text()))
      complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  return complaints;
}

for (const theme of ["light", "dark"] as const) {
  test(`every page in the ${theme} theme keeps to its policy, and an injected script does not run [S40] [S42]`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme: theme });
    const complaints = complaintsOf(page);
    for (const address of SIGNED_OUT) {
      await page.goto(`${app.url}${address}`);
      await expect(page.locator("html")).toHaveClass(new RegExp(theme));
    }
    await signInAt(page, app, "/events");
    for (const address of CONSOLE) {
      await page.goto(`${app.url}${address}`);
      await expect(page.locator("html")).toHaveClass(new RegExp(theme));
      await expect(page.locator("main").first()).toBeVisible();
    }
    // What is drawn by script: the palette, a sheet with its scroll lock, a toast's styles, going from page to page.
    await page.goto(`${app.url}/`);
    await hydrated(page);
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Sources" }).click();
    await expect(page).toHaveURL(/\/sources$/);
    await page.getByTestId("source-add-stripe").click();
    await expect(page.getByRole("dialog")).toBeVisible();
    expect(complaints).toEqual([]);

    const ran = await page.evaluate(async () => {
      document.body.insertAdjacentHTML("beforeend", `<img src="x:" onerror="window.ran = 'a handler'">`);
      const container = document.createElement("div");
      container.innerHTML = `<iframe srcdoc="<script>parent.ran = 'a frame'</script>"></iframe><a href="javascript:window.ran='a link'" id="bad">x</a>`;
      document.body.append(container);
      document.getElementById("bad")?.click();
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 200)));
      return (window as { ran?: string }).ran;
    });
    expect(ran).toBeUndefined();
  });
}

test("a script in the markup of an answer does not run without the nonce [S40]", async ({ page }) => {
  const complaints = complaintsOf(page);
  await page.route(`${app.url}/sign-in`, async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace("<body", "<script>window.ran = true</script><body");
    await route.fulfill({ response, body });
  });
  await page.goto(`${app.url}/sign-in`);
  await expect(page.getByTestId("sign-in-email")).toBeVisible();
  expect(await page.evaluate(() => (window as { ran?: boolean }).ran)).toBeUndefined();
  expect(complaints.join()).toMatch(/content security policy/i);
});

test("a viewer's way to an administrator's page is a page that says so, with status 403", async ({ page }) => {
  const password = "a viewer's long password";
  await app.sql`insert into staff_users (email, name, role, password_hash)
    values ('viewer@redrive.local', 'Vera Viewer', 'viewer', ${await hashPassword(password)})`;
  const complaints = complaintsOf(page);
  await signInAt(page, { ...app, adminEmail: "viewer@redrive.local", adminPassword: password }, "/events");
  const response = await page.goto(`${app.url}/settings/people`);
  expect(response?.status()).toBe(403);
  await expect(page.getByText("Your role may not see this page")).toBeVisible();
  // React still reports its error 441 for a boundary that forbidden() recovered on the client.
  expect(complaints.filter((text) => !text.includes("#441"))).toEqual([]);
});
