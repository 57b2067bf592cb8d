/** What must not get lost: the focus, typed text, a secret, the page itself without a connection, and the screen's edge. */
import { expect, type Page, test } from "playwright/test";
import type postgres from "postgres";
import type { Replay } from "../../lib/contract/replays";
import { addDestination, type Endpoint, publish, startEndpoint } from "../support/endpoint";
import { APP_ENVIRONMENT, tokenFor, until } from "../support/processes";
import { type AppOnCopy, startOnCopy } from "../support/shared-app";
import { signInAt } from "./sign-in";

const WIDTHS = [320, 360, 390, 768, 1024, 1440];
const SLUG = "harbor-dental";

let app: AppOnCopy;
let sql: postgres.Sql;
let endpoint: Endpoint;
let pages: string[];

test.beforeAll(async () => {
  endpoint = await startEndpoint();
  app = await startOnCopy(APP_ENVIRONMENT);
  sql = app.sql;
  const id = await addDestination(sql, SLUG, endpoint.url, { max_attempts: 1, organisation_id: "o".repeat(255) });
  endpoint.answer(422);
  await publish(sql, SLUG, 12);
  // The destination is of one organisation, so its deliveries are made by hand for events that have none yet.
  await sql`update events set organisation_id = ${"o".repeat(255)}`;
  await sql`insert into deliveries (event_id, destination_id) select e.id, ${id} from events e on conflict do nothing`;
  await until("all are dead", async () => {
    const [row] = await sql<{ n: number }[]>`select count(*)::int as n from deliveries where status = 'dead'`;
    return row?.n === 12;
  });
  await sql`update destinations set name = ${"N".repeat(120)} where id = ${id}`;
  await sql`update events set event_type = ${"t".repeat(255)}, event_key = ${"k".repeat(240)} || id`;
  await sql`
    insert into staff_users (email, name, role) values (${`${"e".repeat(60)}@${"d".repeat(60)}.example.com`}, ${"n".repeat(100)}, 'viewer')`;
  const response = await fetch(`${app.url}/api/webhooks/replays`, {
    method: "POST",
    headers: { authorization: `Bearer ${await tokenFor("super_admin")}`, "content-type": "application/json" },
    body: JSON.stringify({
      selection: { filter: { org_id: "o".repeat(255), delivery_status: ["dead"], event_type: "t".repeat(255) } },
      options: { canary: 5 },
      reason: "r".repeat(900),
    }),
  });
  const replay = (await response.json()) as Replay;
  const [alert] = await sql<{ id: string }[]>`
    insert into alerts (rule_id, kind, severity, provider, event_type, organisation_id, destination_id, summary, explain)
    select id, kind, 'P1', 'platform', ${"t".repeat(255)}, ${"o".repeat(255)}, ${id}, ${"s".repeat(400)},
      ${sql.json({ text: "x".repeat(400), observed: 12, threshold: 5, window_minutes: 60, link: "/events" })}
    from alert_rules where slug = 'dead-letters-5' returning id`;
  const [event] = await sql<{ id: string }[]>`select 'we_' || min(id) as id from events`;
  pages = [
    ...["/", "/events", `/events/${event?.id}`, "/dead-letters", "/replays", `/replays/${replay.id}`],
    ...["/destinations", `/destinations/ds_${id}`, "/sources", "/settings/people", "/settings/tokens"],
    ...["/settings/audit", "/api-reference", "/alerts", "/alerts/rules", `/alerts/al_${alert?.id}`],
    ...["/alerts/channels", "/account", "/kpis", "/kpis?by=organisation"],
  ];
});
test.afterAll(async () => {
  await app?.close();
  await endpoint?.close();
});

const signIn = (page: Page, path: string) => signInAt(page, app, path);

test("no page scrolls sideways at any width, with the longest names there can be", async ({ page }) => {
  await signIn(page, "/");
  const wide: string[] = [];
  for (const path of pages) {
    await page.goto(`${app.url}${path}`, { waitUntil: "load" });
    await expect(page.locator("main").first()).toBeVisible();
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      const found = await page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement;
        if (scrollWidth <= clientWidth) return null;
        const outside = [...document.querySelectorAll("main *")].filter(
          (one) => one.getBoundingClientRect().right > clientWidth + 1,
        );
        const [first] = outside;
        return `${scrollWidth} of ${clientWidth}: ${first?.tagName} ${first?.className} ${first?.textContent?.slice(0, 40)}`;
      });
      if (found) wide.push(`${path} at ${width}: ${found}`);
    }
  }
  expect(wide).toEqual([]);
});

test("the focus goes back to what opened a sheet, a dialog or a menu, and to the row after Back", async ({ page }) => {
  await signIn(page, "/destinations");
  const add = page.getByTestId("destination-add");
  await add.click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(add).toBeFocused();

  const row = page.getByTestId("destination-row").filter({ hasText: "NNN" }).getByRole("link");
  await row.click();
  await expect(page).toHaveURL(/\/destinations\/ds_\d+$/);
  await page.getByTestId("destination-pause").click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByTestId("destination-pause")).toBeFocused();
  await page.getByTestId("destination-more").click();
  await page.getByRole("menuitem", { name: /Send a sample/ }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByTestId("destination-more")).toBeFocused();

  await page.goBack();
  await expect(page).toHaveURL(`${app.url}/destinations`);
  await expect(row).toBeFocused();
});

test("what was typed is not thrown away by Escape or a click outside", async ({ page }) => {
  await signIn(page, "/destinations");
  await page.getByTestId("destination-add").click();
  await page.getByTestId("destination-name").fill("Acme checkout");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("alertdialog")).toContainText("Discard what you have entered?");
  await page.getByTestId("keep-editing").click();
  await expect(page.getByTestId("destination-name")).toHaveValue("Acme checkout");
  await page.mouse.click(20, 400);
  await page.getByTestId("discard").click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByTestId("destination-add")).toBeFocused();

  await page.goto(`${app.url}${pages[2]}`);
  await page.getByTestId("replay-button").click();
  await page.getByTestId("replay-reason").fill("The endpoint is mended");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("replay-reason")).toHaveValue("The endpoint is mended");
});

test("a secret stays until its button is pressed, and is copied only when it says so", async ({ page }) => {
  await signIn(page, "/settings/tokens");
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new Error("not here"));
  });
  await page.getByTestId("create-token").click();
  await page.getByTestId("token-name").fill("billing monitor");
  await page.getByTestId("token-confirm").click();
  await expect(page.getByTestId("secret")).toHaveValue(/^rd_/);
  await page.getByTestId("secret-copy").click();
  await expect(page.getByText("Copy failed")).toBeVisible();
  await expect(page.getByTestId("secret-copy")).toHaveText("Copy");
  await page.keyboard.press("Escape");
  await page.mouse.click(5, 5);
  await expect(page.getByTestId("secret")).toBeVisible();
  await page.getByTestId("secret-done").click();
  await expect(page.getByTestId("secret")).toHaveCount(0);
  await expect(page.getByTestId("create-token")).toBeFocused();
});

test("a time that ends before it begins is refused at its field, and an unknown range is named", async ({ page }) => {
  const times = "from_ts=2026-11-29T09:00:00Z&to_ts=2026-11-29T08:00:00Z";
  const headers = { authorization: `Bearer ${await tokenFor("super_admin")}` };
  for (const path of [
    "/api/webhooks/events",
    "/api/webhooks/events/histogram",
    "/api/webhooks/analytics",
    "/api/audit",
  ]) {
    const reversed = await fetch(`${app.url}${path}?${times}`, { headers });
    expect([path, reversed.status, (await reversed.json()).field]).toEqual([path, 400, "to_ts"]);
    const unknown = await fetch(`${app.url}${path}?range=nonsense`, { headers });
    expect([path, unknown.status, (await unknown.json()).field]).toEqual([path, 400, "range"]);
  }
  await signIn(page, "/events");
  for (const path of ["/", "/events", "/settings/audit"]) {
    await page.goto(`${app.url}${path}?range=nonsense`);
    await expect(page.locator("main")).toContainText("range is 15m, 1h, 24h, 7d or 30d");
    await page.goto(`${app.url}${path}?${times}`);
    await expect(page.locator("main")).toContainText("to_ts must be later than from_ts");
  }
  await page.goto(`${app.url}/events`);
  await page.getByRole("button", { name: /^Filter by time/ }).click();
  await page.getByLabel("From").fill("2026-11-29T09:00:00");
  await page.getByLabel("To", { exact: true }).fill("2026-11-29T08:00:00");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByRole("alert").first()).toHaveText("This must be later than From.");
  await expect(page).toHaveURL(`${app.url}/events`);
});

test("without a connection a click keeps the page, and is done when it is back", async ({ page, context }) => {
  await signIn(page, "/replays");
  await expect(page.getByTestId("replay-row")).toHaveCount(1);
  await context.setOffline(true);
  await expect(page.getByTestId("offline")).toContainText("You are offline. Retrying…");
  await expect(page.getByRole("status").filter({ hasText: /^Reconnecting$/ })).toBeVisible();
  await page.getByRole("link", { name: "Destinations" }).first().click();
  await expect(page.getByTestId("offline")).toContainText("The page you chose opens");
  await expect(page.getByTestId("replay-row")).toHaveCount(1);
  await context.setOffline(false);
  await expect(page).toHaveURL(`${app.url}/destinations`);
  await expect(page.getByTestId("destination-row").filter({ hasText: "NNN" })).toBeVisible();
  await expect(page.getByTestId("offline")).toHaveCount(0);
});
