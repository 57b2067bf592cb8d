/** Saved views: each person has their own, names are unique per person, and a view holds a valid filter. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { hashPassword } from "@/lib/auth/password";
import { openApp, type SharedApp } from "../support/shared-app";
import { signIn } from "../support/sign-in";

let app: SharedApp;
let admin: string;
let viewer: string;

beforeAll(async () => {
  app = await openApp();
  admin = await signIn(app.url, app.adminEmail, app.adminPassword);
  await app.sql`
    insert into staff_users (email, name, role, password_hash)
    values ('vera@example.com', 'Vera', 'viewer', ${await hashPassword("correct horse battery staple")})`;
  viewer = await signIn(app.url, "vera@example.com", "correct horse battery staple");
}, 300_000);
afterAll(() => app?.close());

async function ask(method: string, path: string, cookie: string, body?: unknown) {
  const response = await fetch(`${app.url}${path}`, {
    method,
    headers: { cookie, "sec-fetch-site": "same-origin", "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  // biome-ignore lint/suspicious/noExplicitAny: JSON as a caller sees it
  return { status: response.status, body: (await response.json()) as any };
}
const namesOf = async (cookie: string) =>
  (await ask("GET", "/api/event-views", cookie)).body.views.map((view: { name: string }) => view.name);

test("a view is saved, listed by name, and deleted by whose it is", async () => {
  const saved = await ask("POST", "/api/event-views", admin, {
    name: " Dead Stripe ",
    query: "provider_slug=stripe&status=retry_exhausted&limit=7",
  });
  expect(saved).toMatchObject({
    status: 201,
    // In normalised form, and without what is not part of a filter.
    body: { name: "Dead Stripe", query: "provider_slug=stripe&status=dead" },
  });
  await ask("POST", "/api/event-views", admin, { name: "an early one", query: "range=24h" });
  expect(await namesOf(admin)).toEqual(["an early one", "Dead Stripe"]);
  expect(await namesOf(viewer)).toEqual([]);

  expect((await ask("DELETE", `/api/event-views/${saved.body.id}`, viewer)).status).toBe(404);
  expect(await ask("DELETE", `/api/event-views/${saved.body.id}`, admin)).toEqual({
    status: 200,
    body: { deleted: true },
  });
  expect(await namesOf(admin)).toEqual(["an early one"]);
});

test("a name is taken once per person, whatever its case", async () => {
  const save = (cookie: string, name: string) =>
    ask("POST", "/api/event-views", cookie, { name, query: "status=dead" });
  expect((await save(viewer, "Mine")).status).toBe(201);
  expect(await save(viewer, "mine")).toMatchObject({ status: 409, body: { field: "name" } });
  expect((await save(admin, "Mine")).status).toBe(201);
});

test("what is no filter is not saved", async () => {
  for (const query of ["status=nonsense", "from_ts=yesterday", "status=dead&nonsense=1"]) {
    const refused = await ask("POST", "/api/event-views", admin, { name: "Wrong", query });
    expect(refused).toMatchObject({ status: 400, body: { field: "query" } });
  }
});

test("fifty are as many as there can be, also when the last ones race", async () => {
  await app.sql`delete from event_views`;
  const answers = await Promise.all(
    Array.from({ length: 53 }, (_, n) =>
      ask("POST", "/api/event-views", viewer, { name: `View ${n}`, query: "range=1h" }),
    ),
  );
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(50);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(3);
});
