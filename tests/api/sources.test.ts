/** Sources over HTTP: created, read, changed, rotated and closed, and what their endpoints do meanwhile. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { curl } from "../support/curl";
import { tokenFor } from "../support/processes";
import { openApp, type SharedApp } from "../support/shared-app";

let app: SharedApp;
let token: string;
beforeAll(async () => {
  app = await openApp({ HEYREACH_URL_TOKEN: "heyreach-environment-token" });
  token = await tokenFor("super_admin");
}, 300_000);
afterAll(() => app.close());

const api = (method: "GET" | "POST" | "PATCH" | "DELETE", path: string, json?: unknown) =>
  curl(method, `${app.url}/api/sources${path}`, { token, json });
const providerNamed = async (slug: string) =>
  (await api("GET", "")).body.providers.find(({ provider }: { provider: string }) => provider === slug);
const tokenIn = (url: string) => url.slice(url.lastIndexOf("/") + 1);

let sent = 0;
const post = (url: string, id = `so-test-${++sent}`) =>
  fetch(url, { method: "POST", body: JSON.stringify({ event_type: "message_sent", correlation_id: id }) });

test("a provider says how it proves itself, where to post, and how many secrets it has, never which", async () => {
  expect(await providerNamed("stripe")).toMatchObject({
    label: "Stripe",
    secrets_variable: "STRIPE_WEBHOOK_SECRET",
    secrets: 1,
    token_in_url: false,
    url: `${app.url}/api/webhooks/stripe`,
    sources: [],
  });
  const heyreach = await providerNamed("heyreach");
  expect(heyreach).toMatchObject({ token_in_url: true, url: `${app.url}/api/webhooks/heyreach/{token}` });
  expect(JSON.stringify(heyreach)).not.toContain("heyreach-environment-token");
});

test("a source is made, posted to, rotated, switched off and closed", async () => {
  const made = await api("POST", "", { provider: "heyreach", name: " Alder ", organisation_id: "org-alder" });
  expect(made.status).toBe(201);
  const { full_url, ...source } = made.body;
  expect(full_url).toMatch(/\/api\/webhooks\/heyreach\/[\w-]{43}$/);
  expect(source).toMatchObject({
    name: "Alder",
    organisation_id: "org-alder",
    company_id: null,
    token_hint: full_url.slice(-4),
    url: `${app.url}/api/webhooks/heyreach/****${full_url.slice(-4)}`,
    enabled: true,
    last_event: null,
  });

  const accepted = await post(full_url);
  expect(accepted.status).toBe(200);
  const { event_id } = await accepted.json();
  const event = await curl("GET", `${app.url}/api/webhooks/events/${event_id}`, { token });
  expect(event.body).toMatchObject({
    source_id: source.id,
    org_id: "org-alder",
    trust: "token",
    suspected_replay: false,
    redacted_at: null,
    path: "/api/webhooks/heyreach/[redacted]",
  });

  const refused = await post(`${full_url}x`);
  expect(refused.status).toBe(401);
  expect(await refused.text()).not.toContain(tokenIn(full_url));
  const listed = await providerNamed("heyreach");
  expect(listed).toMatchObject({ events_24h: 1, rejections_24h: 1, last_rejection: { reason: "bad_signature" } });
  expect(listed.last_event.id).toBe(event_id);
  expect(listed.sources).toEqual([{ ...source, last_event: listed.last_event }]);

  const rotated = await api("POST", `/${source.id}/rotate`, {});
  expect(rotated.status).toBe(200);
  expect(Date.parse(rotated.body.previous_token_expires_at) - Date.now()).toBeGreaterThan(23 * 3600 * 1000);
  expect([(await post(full_url)).status, (await post(rotated.body.full_url)).status]).toEqual([200, 200]);
  const again = await api("POST", `/${source.id}/rotate`, { overlap_hours: 0 });
  expect([(await post(rotated.body.full_url)).status, (await post(again.body.full_url)).status]).toEqual([401, 200]);

  const off = await api("PATCH", `/${source.id}`, { enabled: false, organisation_id: null, settings: {} });
  expect(off.body).toMatchObject({ enabled: false, organisation_id: null });
  expect((await post(again.body.full_url)).status).toBe(401);

  expect((await api("DELETE", `/${source.id}`)).status).toBe(204);
  expect((await api("DELETE", `/${source.id}`)).status).toBe(404);
  expect((await providerNamed("heyreach")).sources).toEqual([]);
  expect((await curl("GET", `${app.url}/api/webhooks/events/${event_id}`, { token })).body.source_id).toBe(source.id);

  for (const url of [full_url, rotated.body.full_url, again.body.full_url]) {
    expect(app.output()).not.toContain(tokenIn(url));
  }
});

describe("what is wrong is said with the field", () => {
  test.each([
    [{ provider: "nobody", name: "x" }, "provider"],
    [{ provider: "heyreach", name: " " }, "name"],
    [{ provider: "heyreach" }, "name"],
    [{ provider: "shopify", name: "x", settings: { shopp: "alder.myshopify.com" } }, "settings.shopp"],
    [{ provider: "heyreach", name: "x", organisation_id: 7 }, "organisation_id"],
    [{ provider: "heyreach", name: "x", token: "mine" }, "token"],
  ])("%j", async (json, field) => {
    const answer = await api("POST", "", json);
    expect([answer.status, answer.body.field]).toEqual([400, field]);
  });

  test("an overlap of a year, and a source that does not exist", async () => {
    const { body } = await api("POST", "", { provider: "mitto", name: "Birch", settings: { id_field: "MsgRef" } });
    expect(body.settings).toEqual({ id_field: "MsgRef" });
    expect((await api("POST", `/${body.id}/rotate`, { overlap_hours: 8760 })).body.field).toBe("overlap_hours");
    expect((await api("PATCH", `/${body.id}`, { settings: { shop: "x" } })).body.field).toBe("settings.shop");
    for (const id of ["so_999999", "we_1", "so_1e3", "%00"]) expect((await api("DELETE", `/${id}`)).status).toBe(404);
  });
});

test("paths of the API beside the doors are the API's, whatever they are called", async () => {
  const statuses = await Promise.all(
    ["/api/webhooks/events/we_1", "/api/webhooks/replays/wr_1", "/api/webhooks/events/resolve"].map(
      async (path) => (await fetch(`${app.url}${path}`)).status,
    ),
  );
  expect(statuses).toEqual([401, 401, 405]);
  const nobody = await post(`${app.url}/api/webhooks/nobody/some-token-or-other`);
  expect(nobody.status).toBe(404);
  expect(await nobody.text()).not.toContain("some-token-or-other");
  expect(app.output()).not.toContain("some-token-or-other");
});

describe("a sample", () => {
  test("is not sent where nobody allowed it", async () => {
    const answer = await api("POST", "/sample", { provider: "stripe" });
    expect([answer.status, answer.body.title]).toEqual([403, "Samples are sent in local mode only."]);
    expect((await providerNamed("stripe")).sample).toBeNull();
  });
});
