/** Everything that an attacker or colleague can get displayed, as script and odd text; then every page is opened. */
import type { Page } from "playwright/test";
import { expect, test } from "playwright/test";
import { bodyOf } from "@/lib/samples/ids";
import { requestOf } from "../fixtures/sign";
import { asker } from "../support/api";
import { answer, type Endpoint, startEndpoint } from "../support/hostile";
import { APP_ENVIRONMENT, tokenFor, until } from "../support/processes";
import { consolePages } from "../support/routes";
import { type AppOnCopy, startOnCopy } from "../support/shared-app";
import { signInAt } from "./sign-in";

/** Each would set `ran` when it is executed as code. */
const SCRIPTS = [
  "<script>window.ran=1</script>",
  "</script><script>window.ran=2</script>",
  "<img src=x onerror=window.ran=3>",
  '"><svg onload=window.ran=4>',
  "<iframe srcdoc='<script>parent.ran=5</script>'></iframe>",
  "javascript:window.ran=6",
  "{{constructor.constructor('window.ran=7')()}}",
  "\u0024{window.ran=8}",
  "--><img src=x onerror=window.ran=9>",
  "</textarea></title><script>window.ran=10</script>",
];
const ALL = SCRIPTS.join(" ");
const ODD = `\u202egnp.exe\u202c \u200b\u200d 👩‍👩‍👧‍👦 ${"z\u0301".repeat(10)}${"\u0300".repeat(10_000)} \u001b]8;;http://evil\u0007`;

let app: AppOnCopy;
let merchant: Endpoint;

test.beforeAll(async () => {
  const headers = { "content-type": "text/html", "x-said": SCRIPTS[2] as string, "set-cookie": SCRIPTS[0] as string };
  merchant = await startEndpoint(answer("500 <script>window.ran=11</script>", headers, ALL));
  app = await startOnCopy({ ...APP_ENVIRONMENT, AGENT_SDK_URL: `http://127.0.0.1:${merchant.port}` });
});
test.afterAll(async () => {
  await app?.close();
  await merchant?.close();
});

/** Returns the events' ids. */
async function fill(): Promise<string[]> {
  const ask = asker(app.url, await tokenFor("super_admin"));
  const names: [string, Record<string, unknown>][] = [
    ["/api/destinations", { name: ALL.slice(0, 100), url: `http://127.0.0.1:${merchant.port}/?a=<script>` }],
    ["/api/sources", { provider: "heyreach", name: ALL.slice(0, 100), organisation_id: SCRIPTS[2] }],
    ["/api/tokens", { name: SCRIPTS[1], scopes: ["events:read"], expires_in_days: 1 }],
  ];
  for (const [path, body] of names) expect((await ask("POST", path, body)).status, path).toBeLessThan(300);
  await app.sql`insert into staff_users (email, name, role) values ('xss@example.com', ${ALL}, 'viewer')`;
  await app.sql`insert into staff_actions (actor, actor_id, action, subject) values (${ALL}, 'x', 'staff.invite', ${ALL})`;

  const ids: string[] = [];
  const texts = [ALL, ODD, ...SCRIPTS];
  for (const [n, text] of texts.entries()) {
    const person = { [text]: text, text, email: text, nested: [{ "</script>": text }] };
    const events = [
      requestOf("standard", bodyOf({ type: text, data: { id: text, ...person } }), {
        id: `msg_${n}_${text}`.slice(0, 60).replace(/[^\x20-\x7e]/g, ""),
      }),
      requestOf(
        "chatwoot",
        bodyOf({ event: "message_created", id: n, content: text, account: { id: text }, sender: person }),
      ),
      requestOf("standard", bodyOf({ type: text }), { tampered: true }),
    ];
    for (const { path, headers, body } of events) {
      const sent = [...headers, ["x-attack", text.replace(/[^\x20-\x7e]/g, "")]] as [string, string][];
      const response = await fetch(`${app.url}${path}`, { method: "POST", headers: sent, body: new Uint8Array(body) });
      if (response.ok) ids.push(((await response.json()) as { event_id: string }).event_id);
    }
  }
  await until("forwards have failed", () => merchant.connections >= 4, 120_000);
  const replay = { selection: { event_ids: ids.slice(0, 3) }, reason: ALL, options: { skipAlreadyApplied: false } };
  await ask("POST", "/api/webhooks/replays", replay);
  return ids;
}

test("script and odd text that strangers sent run on no page, and break no row [S40] [D11] [D12]", async ({ page }) => {
  const wrong: string[] = [];
  page.on("dialog", (dialog) => {
    wrong.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("console", (message) => {
    if (/Content Security Policy|Hydration|hydrat/i.test(message.text())) wrong.push(message.text());
  });
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== new URL(app.url).origin && !/^(data|blob):/.test(request.url())) {
      wrong.push(`asked for ${request.url()}`);
    }
  });
  const ids = await fill();
  await signInAt(page, app, "/events");

  const pages = [
    ...consolePages().filter((path) => !path.includes("999999")),
    ...ids.slice(0, 4).map((id) => `/events/${id}`),
    `/events?q=${encodeURIComponent(SCRIPTS[2] as string)}`,
    `/events?org_id=${encodeURIComponent(ALL.slice(0, 200))}`,
    `/sign-in?error=${encodeURIComponent(ALL)}&callbackUrl=javascript:window.ran=12`,
    `/invitation/${encodeURIComponent(SCRIPTS[0] as string)}`,
  ];
  for (const path of pages) {
    await page.goto(`${app.url}${path}`);
    await expect(page.locator("h1, main").first()).toBeVisible();
    expect([path, await injected(page)]).toEqual([path, []]);
  }
  expect(wrong).toEqual([]);

  await page.goto(`${app.url}/events`);
  const rows = page.getByTestId("event-row");
  await expect(rows.first()).toBeVisible();
  for (const row of await rows.all()) expect((await row.boundingBox())?.height).toBeLessThan(80);
});

/** Markup from our test data that became part of the page instead of its text. */
function injected(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const ran = (window as { ran?: unknown }).ran;
    if (ran !== undefined) found.push(`script ${ran} ran`);
    for (const element of document.querySelectorAll("*")) {
      for (const { name, value } of element.attributes) {
        if (name.startsWith("on") || /^\s*javascript:/i.test(value)) found.push(`${element.tagName} ${name}=${value}`);
      }
      if (element.tagName === "IFRAME") found.push("an iframe");
      if (element.tagName === "IMG" && element.getAttribute("src") === "x") found.push("an image");
      if (element.tagName === "SCRIPT" && /^window\.ran=/.test(element.textContent ?? "")) found.push("a script");
    }
    return found;
  });
}
