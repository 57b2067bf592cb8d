/** Webhooks to an address that does not exist: never a redirect, always a 404, and visible to staff. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sign } from "../fixtures/sign";
import { type NextStart, startNext } from "../support/next-start";
import { tokenFor } from "../support/processes";
import { converse, head, reuse } from "../support/raw-http";
import { openApp, type SharedApp } from "../support/shared-app";
import { signIn } from "../support/sign-in";

let app: SharedApp;
let next: NextStart;
beforeAll(async () => {
  app = await openApp();
  next = await startNext();
}, 400_000);
afterAll(async () => {
  await next?.close();
  await app?.close();
});

const BODY = JSON.stringify({ id: "evt_lost", type: "invoice.paid", data: {} });
const WRONG = [
  "/webhooks/stripe",
  "/API/WEBHOOKS/STRIPE",
  "/api/webhook/stripe",
  "/api/stripe/webhooks",
  "/api/webhooks/stripe/a/b",
  "/%61pi/webhooks/stripe",
  "/api/webhooks/%73tripe",
  "/api%2Fwebhooks%2Fstripe",
  "/stripe/",
  "/events/",
  "/sign-in",
  "/",
];
const FLAVOURS = [
  ["our own server", () => app.url],
  ["next start", () => next.url],
] as const;

describe.each(FLAVOURS)("behind %s", (_name, url) => {
  const post = (target: string, method = "POST") => {
    const headers = [
      ...(sign("stripe", BODY) as [string, string][]),
      ["Content-Type", "application/json"],
      ["Content-Length", String(BODY.length)],
      ["Connection", "close"],
    ] as [string, string][];
    return converse(url(), [head(target, headers, method), BODY]);
  };

  test.each(WRONG)("A webhook to %s is answered 404 and never redirected", async (target) => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
      const { status, headers } = await post(target, method);
      const expected = method === "OPTIONS" && target.startsWith("/api/webhooks/s") ? [404, 204] : [404, 405];
      expect(expected, method).toContain(status);
      expect(headers.location, method).toBeUndefined();
      if (method === "POST") expect(headers["content-type"]).toBe("application/problem+json");
    }
  });

  test.each([
    "/api/webhooks/stripe",
    "//api/webhooks//stripe",
    "/api/webhooks/stripe/",
    "http://desk.test/api/webhooks/stripe",
    "HTTP://desk.test:99//api/webhooks/stripe",
  ])("A webhook to %s reaches its endpoint", async (target) => {
    const { status, headers } = await post(target);
    expect(headers.location).toBeUndefined();
    expect(status).toBe(200);
  });

  test("A provider that sends with GET is not led to the sign-in page", async () => {
    const response = await fetch(`${url()}/webhooks/mitto/a-token-of-mitto?from=1`, { redirect: "manual" });
    expect(response.status).toBe(404);
  });

  test.each([
    ["/", "whole"],
    ["/sign-in", "whole"],
    ["/api/nowhere", "whole"],
    ["/api/webhooks/nobody", "whole"],
    ["/", "late"],
    ["/sign-in", "late"],
    ["/api/webhooks/nobody", "late"],
  ])("A refused request to %s with a %s body used to lose the next one on its connection", async (target, body) => {
    const start = head(target, [["Content-Length", "2"]]);
    const { said, isOpen } = await reuse(url(), body === "whole" ? `${start}{}` : start);
    expect([said, isOpen]).toEqual(isOpen && body === "whole" ? ["keep-alive", true] : ["close", false]);
  });

  test("Pages are still redirected to for people", async () => {
    const response = await fetch(`${url()}/events`, { redirect: "manual" });
    expect(response.status).toBe(307);
  });
});

test("A wrong address is counted and shown with the right one, without the token in it", async () => {
  const secret = "s3cr3t-t0ken-of-somebody";
  await app.sql`delete from rejections`;
  for (let n = 0; n < 12; n++) {
    const response = await fetch(`${app.url}/hooks/smartlead/${secret}?key=${secret}`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-original-url": `/hooks/smartlead/${secret}` },
      body: BODY,
    });
    expect(response.status).toBe(404);
    expect(await response.text()).toContain("/api/webhooks/smartlead");
  }
  const kept = await app.sql`select * from rejections where provider = 'smartlead'`;
  expect(kept).toHaveLength(12);
  expect(kept[0]).toMatchObject({
    reason: "wrong_address",
    status_code: 404,
    path: "/hooks/smartlead/[redacted]?[redacted]",
    body_size: "0",
  });
  expect(JSON.stringify(kept)).not.toContain(secret);
  expect(app.output()).not.toContain(secret);

  const cookie = await signIn(app.url, app.adminEmail, app.adminPassword);
  const sources = await (await fetch(`${app.url}/sources`, { headers: { cookie } })).text();
  expect(sources.replaceAll("<!-- -->", "")).toContain(
    "posts to a wrong address: POST /hooks/smartlead/[redacted]?[redacted] (12 requests).",
  );
  const overview = await (await fetch(`${app.url}/`, { headers: { cookie } })).text();
  expect(overview).toContain("posts to a wrong address: POST /hooks/smartlead/");
  const headers = { authorization: `Bearer ${await tokenFor("viewer")}` };
  const { rejections } = await (await fetch(`${app.url}/api/webhooks/analytics`, { headers })).json();
  expect(rejections).toContainEqual(
    expect.objectContaining({ provider: "smartlead", reason: "wrong_address", count: 12 }),
  );
});

test("A scanner fills neither the table nor the counts of providers", async () => {
  await app.sql`delete from rejections`;
  const paths = Array.from({ length: 400 }, (_, n) => `/scan/${n}/wp-login.php`);
  for (let from = 0; from < paths.length; from += 50) {
    const answers = await Promise.all(
      paths
        .slice(from, from + 50)
        .map((path) =>
          fetch(`${app.url}${path}`, { method: "POST", headers: { "content-type": "application/json" }, body: "{}" }),
        ),
    );
    for (const answer of answers) expect(answer.status).toBe(404);
  }
  const [row] =
    await app.sql`select count(*)::integer as kept, count(distinct path)::integer as paths, min(provider) as provider from rejections`;
  expect(row?.kept).toBeLessThanOrEqual(100);
  expect(row).toMatchObject({ provider: "unknown", paths: 1 });
});

test("An API client that mistypes a path is no webhook", async () => {
  await app.sql`delete from rejections`;
  const response = await fetch(`${app.url}/api/replay`, {
    method: "POST",
    headers: { authorization: `Bearer ${await tokenFor("viewer")}`, "content-type": "application/json" },
    body: "{}",
  });
  expect(response.status).toBe(404);
  expect(await app.sql`select 1 from rejections`).toHaveLength(0);
});
