/**
 * Requests of anonymous callers never cause a 500, and the log has only our own lines about them.
 * Long because it is a list of such requests.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hashPassword } from "@/lib/auth/password";
import { type NextStart, startNext } from "../support/next-start";
import { converse, head } from "../support/raw-http";
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

const FLAVOURS = [
  ["our own server", () => app],
  ["next start", () => next],
] as const;

/** mulberry32: the same requests in each run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"];
const PATHS = [
  ...[
    "/",
    "/%",
    "/%E0%A4%A",
    "/events/%ff",
    "/events/%00",
    "/events/we_1",
    "/sign-in",
    "/invitation/%2e%2e",
    "/invitation/x",
    "/nope.html",
    "/_next/x",
    "/_next/image?url=%2Fa",
  ],
  ...[
    "/api",
    "/api/",
    "/api/%",
    "/api/auth/session",
    "/api/auth/csrf",
    "/api/auth/providers",
    "/api/auth/signin",
    "/api/auth/signin/oidc",
    "/api/auth/signout",
    "/api/auth/callback/credentials",
    "/api/auth/callback/oidc",
  ],
  ...[
    "/api/auth/error",
    "/api/auth/verify-request",
    "/api/auth/_log",
    "/api/auth/nothing/__proto__",
    "/api/invitations/accept",
    "/api/webhooks/constructor",
    "/api/webhooks/events/%ff",
    "/api/openapi.json",
    "/api/webhooks/health",
  ],
  ...[
    "/api/live",
    "/api/internal/worker",
    "/admin/webhooks/events",
    "/admin/webhooks/%ff",
    "/icon.svg",
    "/favicon.ico",
    "/settings/people",
    "//evil.example/%2f..",
    "/\\evil.example",
    "/a/../../b",
    "/events?cursor=%ff&limit=-1",
    "*",
  ],
];
const QUERIES = [
  "",
  "?callbackUrl=http%3A%2F%2F%5B",
  "?callbackUrl=javascript:1",
  "?callbackUrl=%2F%2F",
  "?callbackUrl=%E0%A4%A",
  "?error=Configuration",
  "?error=%0a%0dx",
  "?csrf=true",
  "?_rsc=x",
  "?a[__proto__]=1",
  "?callbackUrl=/x&callbackUrl=%00",
];
const HEADERS: [string, string][] = [
  ...[
    "not json",
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain;charset=\xff",
    "application/json; charset=utf-16",
  ].map((type) => ["Content-Type", type] as [string, string]),
  ...[
    "next-auth.callback-url=%0aforged",
    "next-auth.callback-url=http://[",
    "next-auth.csrf-token=%",
    "next-auth.csrf-token=a|b|c",
    "redrive.session=e30.e30.e30",
    "redrive.session=%ff",
    "=;;=x",
    "a=%E0%A4%A",
    "__proto__=1; constructor=2",
    "next-auth.state=x; next-auth.pkce.code_verifier=y",
  ].map((cookie) => ["Cookie", cookie] as [string, string]),
  ...(
    [
      "RSC",
      "Next-Action",
      "Next-Router-State-Tree",
      "Next-Router-Prefetch",
      "Next-Router-Segment-Prefetch",
      "X-Middleware-Subrequest",
      "X-Redrive-Refusal",
      "X-Redrive-Path",
      "X-Matched-Path",
      "X-Now-Route-Matches",
    ] as const
  ).flatMap(
    (name) =>
      [
        [name, "1"],
        [name, "%7B%22status%22%3A200%7D"],
        [name, "["],
      ] as [string, string][],
  ),
  ["Authorization", "Bearer \xff"],
  ["Authorization", "Bearer a.b.c"],
  ["X-Forwarded-Host", "[bad"],
  ["X-Forwarded-Proto", "gopher"],
  ["X-Forwarded-For", "%,,;"],
  ["Accept-Encoding", "br;q=x"],
  ["Range", "bytes=9-1"],
  ["If-None-Match", "\x22"],
  ["X-Request-ID", "a\tb"],
  ["Transfer-Encoding", "gzip, chunked"],
  ["Last-Event-ID", "x"],
];
const BODIES = [
  "",
  "{",
  "[]",
  "null",
  '{"callbackUrl":5}',
  '{"callbackUrl":{"a":1}}',
  '{"csrfToken":["a"]}',
  "a=%E0%A4%A&callbackUrl=http://[",
  '{"token":"\\ud800"}',
  "\xff\xfe",
];

describe.each(FLAVOURS)("behind %s", (_name, flavour) => {
  test("200 odd requests of strangers: none is answered 500, and each line of the log is one of ours", async () => {
    const next = random(20261129);
    const pick = <Item>(items: readonly Item[]) => items[Math.floor(next() * items.length)] as Item;
    const failures: string[] = [];
    for (let n = 0; n < 200; n++) {
      const method = pick(METHODS);
      const target = pick(PATHS) + pick(QUERIES);
      const body = Buffer.from(method === "GET" || method === "HEAD" ? "" : pick(BODIES), "latin1");
      const odd = Array.from({ length: Math.floor(next() * 4) }, () => pick(HEADERS));
      const headers: [string, string][] = [...odd, ["Content-Length", String(body.length)], ["Connection", "close"]];
      const text = head(target, headers, method);
      const answer = await converse(flavour().url, [Buffer.from(text, "latin1"), body], 30_000);
      if ((answer.status ?? 0) >= 500 && answer.status !== 503)
        failures.push(
          `${answer.status} ${text.replaceAll("\r\n", " | ")} ${body.toString("latin1")}\n${answer.body.slice(0, 300)}`,
        );
    }
    expect(failures.join("\n\n")).toBe("");
    const foreign = flavour()
      .output()
      .split("\n")
      .filter((line) => /next-auth|forged| {4}at /.test(line) && !line.startsWith("{"));
    expect(foreign).toEqual([]);
  });

  test.each(["/%", "/%E0%A4%A", "/events/%ff", "/api/webhooks/events/%ff", "/sources?a=1%", "/api/%"])(
    "Malformed percent-encoding in %s is the caller's mistake",
    async (target) => {
      const { status } = await converse(flavour().url, [head(target, [["Connection", "close"]], "GET")]);
      expect(status).toBeLessThan(500);
    },
  );

  test.each([
    ["an unparsable callbackUrl", "GET", "/api/auth/signin?callbackUrl=http%3A%2F%2F%5B", undefined],
    ["a callbackUrl of another scheme", "GET", "/api/auth/csrf?callbackUrl=javascript%3A1", undefined],
    [
      "an unparsable callbackUrl in the body",
      "POST",
      "/api/auth/callback/credentials",
      { type: "application/x-www-form-urlencoded", text: "callbackUrl=http://[" },
    ],
    ["bad JSON", "POST", "/api/auth/callback/credentials", { type: "application/json", text: "{" }],
    [
      "JSON of another shape",
      "POST",
      "/api/auth/signin/credentials",
      { type: "application/json", text: '{"callbackUrl":{"a":1}}' },
    ],
  ])("next-auth answers 400 for %s", async (_what, method, path, body) => {
    const response = await fetch(`${flavour().url}${path}`, {
      method,
      redirect: "manual",
      headers: body && { "content-type": body.type },
      body: body?.text,
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ status: 400, field: expect.stringMatching(/callbackUrl|body/) });
  });

  test("A cookie forges no line of the log, and is forgotten instead of locking its owner out", async () => {
    const forged = encodeURIComponent('x\n{"at":"2026-01-01T00:00:00Z","level":"error","event":"forged"}\x1b[2K');
    const response = await fetch(`${flavour().url}/api/auth/session`, {
      headers: { cookie: `next-auth.callback-url=${forged}` },
    });
    expect(response.status).toBe(200);
    await fetch(`${flavour().url}/api/auth/_log`, {
      method: "POST",
      body: new URLSearchParams({ level: "error", code: 'x\n{"event":"forged"}', message: "forged" }),
    });
    expect(flavour().output()).not.toContain("forged");
  });
});

test("A viewer on an administrator's page is answered 403, with the page that says so", async () => {
  const password = "a viewer's long password";
  await app.sql`insert into staff_users (email, name, role, password_hash)
    values ('viewer@redrive.local', 'Vera Viewer', 'viewer', ${await hashPassword(password)})`;
  const cookie = await signIn(app.url, "viewer@redrive.local", password);
  for (const page of ["/settings/people", "/settings/tokens", "/settings/retention", "/settings/audit"]) {
    const response = await fetch(`${app.url}${page}`, { headers: { cookie }, redirect: "manual" });
    expect(response.status, page).toBe(403);
    expect(await response.text(), page).toContain("Your role may not see this page");
  }
  expect((await fetch(`${app.url}/events`, { headers: { cookie } })).status).toBe(200);
});

test("The address of the settings is a redirect, not a page that goes elsewhere over the visitor's next click", async () => {
  const response = await fetch(`${app.url}/settings`, { redirect: "manual" });
  expect([response.status, response.headers.get("location")]).toEqual([307, "/settings/people"]);
});
