/**
 * What an attacker tries over HTTP, on every route and page there is: other sites, forged actions, injection, caches, error
 * pages, and where secrets might show. Long because one started app serves all of it.
 */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROOT } from "../../lib/db/supabase-cli";
import { requestOf, type Sender, TEST_SECRETS } from "../fixtures/sign";
import { type Ask, asker } from "../support/api";
import { type RunningApp, startApp } from "../support/app";
import { answer, type Endpoint, startEndpoint } from "../support/hostile";
import { APP_ENVIRONMENT, appEnvironment, tokenFor, until } from "../support/processes";
import { addressOf, apiRoutes, consolePages } from "../support/routes";
import { openApp, type SharedApp } from "../support/shared-app";
import { signIn } from "../support/sign-in";

/** Not a secret of ours, and in no code: where it appears, the environment has leaked. */
const CANARY = `canary-${randomBytes(9).toString("hex")}`;
const PERSON = { email: "dana.reyes@patient.example", phone: "+15550147788", name: "Dana Q. Reyes-Okafor" };

let app: SharedApp;
let admin: string;
let ask: Ask;
let canary: Endpoint;

beforeAll(async () => {
  canary = await startEndpoint(answer("200 OK"), "127.0.0.2");
  app = await openApp({ CANARY_OF_A_TEST: CANARY });
  admin = await signIn(app.url, app.adminEmail, app.adminPassword);
  ask = asker(app.url, await tokenFor("super_admin"));
}, 300_000);

afterAll(async () => {
  await app?.close();
  await canary?.close();
});

const fetchFrom = (target: string, init: RequestInit = {}) =>
  fetch(`${app.url}${target}`, { redirect: "manual", ...init });
const asAdmin = (target: string, init: RequestInit = {}) =>
  fetchFrom(target, { ...init, headers: { cookie: admin, ...(init.headers as Record<string, string>) } });

const routes = apiRoutes();
/** Every method of every route that needs a session or token. */
const cases = routes
  .filter(({ isOpen }) => !isOpen)
  .flatMap(({ route, methods }) => methods.map((method) => ({ method, target: addressOf(route) })));
const mutating = cases.filter(({ method }) => method !== "GET" && method !== "HEAD");

describe("another site", () => {
  test("is met by every route that changes something", () => {
    expect(mutating.length).toBeGreaterThan(25);
    expect(
      routes
        .filter(({ isOpen }) => isOpen)
        .map(({ route }) => route)
        .sort(),
    ).toEqual([...OPEN].sort());
  });

  const FOREIGN: [string, Record<string, string>][] = [
    [
      "a form of another site",
      {
        origin: "https://evil.example",
        "sec-fetch-site": "cross-site",
        "content-type": "application/x-www-form-urlencoded",
      },
    ],
    ["JSON sent as plain text", { origin: "https://evil.example", "content-type": "text/plain" }],
    ["a sandboxed frame", { origin: "null", "content-type": "text/plain" }],
    ["a neighbour under our domain", { "sec-fetch-site": "same-site" }],
    ["a name that begins like ours", { origin: "http://localhost.evil.example" }],
    ["somebody who says nothing", {}],
  ];
  test.each(FOREIGN)("in the clothes of %s makes nobody's browser act [S35]", async (_name, headers) => {
    for (const { method, target } of mutating) {
      const response = await asAdmin(target, { method, headers, body: "{}" });
      expect([method, target, response.status]).toEqual([method, target, 403]);
    }
  });

  test("gets nothing done by a link, an image or a method that pretends [S35]", async () => {
    const count = async () => (await app.sql`select count(*)::int as n from staff_actions`)[0]?.n;
    const before = await count();
    for (const { target } of mutating) {
      const pretending = { "x-http-method-override": "POST", "x-method-override": "DELETE" };
      const response = await asAdmin(`${target}?_method=POST`, { headers: pretending });
      expect([target, response.status < 500]).toEqual([target, true]);
    }
    expect(await count()).toBe(before);
  });

  test("may read no answer: no route allows another origin", async () => {
    for (const { method, target } of cases.filter((one) => one.method === "GET")) {
      const response = await asAdmin(target, { method, headers: { origin: "https://evil.example" } });
      await response.body?.cancel();
      expect([target, response.headers.get("access-control-allow-origin")]).toEqual([target, null]);
    }
  });
});

/** These need no session: a signature, a secret or a one-time link is in the request, or nothing is revealed. */
const OPEN = [
  // Addresses without a route: 404 at once.
  "/api/[[...path]]",
  "/api/auth/[...nextauth]",
  // The public key of evidence: who checks a bundle is often outside.
  "/api/evidence-key",
  "/api/health/live",
  "/api/health/ready",
  "/api/internal/worker",
  "/api/invitations/accept",
  "/api/openapi.json",
  "/api/stripe/webhook",
  "/api/telnyx/webhook",
  "/api/webhooks/[provider]",
  "/api/webhooks/[provider]/[token]",
  "/api/webhooks/health",
];

describe("caches", () => {
  test("keep no answer of a route for anybody else [S45]", async () => {
    for (const { method, target } of cases.filter((one) => one.method === "GET")) {
      const response = await asAdmin(target, { method });
      await response.body?.cancel();
      const said = response.headers.get("cache-control") ?? "";
      expect([target, /no-store|no-cache/.test(said) && !/public|s-maxage/.test(said)]).toEqual([target, true]);
    }
  });

  test("keep no page, as HTML or as what the router fetches [S45]", async () => {
    for (const page of consolePages()) {
      for (const headers of [{}, { rsc: "1" }]) {
        // Next first redirects to an address that names the kind of request.
        const response = await asAdmin(page, { headers: headers as Record<string, string>, redirect: "follow" });
        await response.body?.cancel();
        const said = response.headers.get("cache-control") ?? "";
        expect([page, headers, /no-store/.test(said), /public|s-maxage/.test(said)]).toEqual([
          page,
          headers,
          true,
          false,
        ]);
      }
    }
  });

  test("keep what names nobody only: the files of the build [S45]", async () => {
    const html = await (await asAdmin("/")).text();
    const script = /\/_next\/static\/[^"]+\.js/.exec(html)?.[0] ?? "";
    expect((await fetchFrom(script)).headers.get("cache-control")).toContain("immutable");
  });
});

describe("forged server actions", () => {
  const boundary = "----b";
  const parts = (fields: Record<string, string>) =>
    `${Object.entries(fields)
      .map(([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
      .join("")}--${boundary}--\r\n`;
  const multipart = `multipart/form-data; boundary=${boundary}`;
  const id = "7f00000000000000000000000000000000000000ff";
  const FLIGHT: [string, string, string, Record<string, string>][] = [
    ["an unknown id", "text/plain;charset=UTF-8", "[]", { "next-action": id }],
    ["an id that is none", "text/plain;charset=UTF-8", "[]", { "next-action": "__proto__" }],
    ["a foreign origin", "text/plain;charset=UTF-8", "[]", { "next-action": id, origin: "https://evil.example" }],
    ["half a payload", "text/plain;charset=UTF-8", '["$F1', { "next-action": id }],
    [
      "a reference to a prototype",
      multipart,
      parts({ 0: '["$1:__proto__:constructor:constructor"]', 1: "{}" }),
      { "next-action": id },
    ],
    [
      "a thenable that resolves itself",
      multipart,
      parts({ 0: '{"then":"$1:then","status":"resolved_model","value":"{}","_response":{"_prefix":"1"}}', 1: '"$@0"' }),
      { "next-action": id },
    ],
    ["references in a circle", multipart, parts({ 0: '["$1"]', 1: '["$2"]', 2: '["$1"]' }), { "next-action": id }],
    ["a form without scripts", multipart, parts({ [`$ACTION_ID_${id}`]: "", a: "1" }), {}],
    ["ten megabytes", "text/plain;charset=UTF-8", `["${"x".repeat(10 * 1024 * 1024)}"]`, { "next-action": id }],
  ];

  test.each(FLIGHT)("%s is refused at once, and does nothing [S39]", async (_name, type, body, headers) => {
    for (const target of ["/sign-in", "/"]) {
      const started = performance.now();
      const response = await fetchFrom(target, {
        method: "POST",
        headers: { "content-type": type, ...headers, ...(target === "/" && { cookie: admin }) },
        body,
      }).catch(() => undefined);
      // When a request is rejected while it is being sent, the connection may end before the answer is read.
      if (response) {
        expect([target, response.status]).toEqual([target, expect.any(Number)]);
        expect(response.status, target).toBeGreaterThanOrEqual(300);
        expect(response.headers.get("x-action-revalidated")).toBeNull();
        expect(await response.text()).not.toMatch(/\bat .+:\d+:\d+|node_modules/);
      }
      expect(performance.now() - started).toBeLessThan(15_000);
    }
    expect((await fetchFrom("/api/webhooks/health")).status).toBe(200);
  });
});

const INJECTION = [
  "' or '1'='1",
  "'; drop table events; --",
  "1) union select password_hash from staff_users --",
  "\\'; select pg_sleep(5); --",
  "$$; select 1; $$",
  "*,id.eq.1",
  ")or(id.gt.0",
  "%",
  "_",
  "\\",
  "a[__proto__][x]",
  "{{constructor.constructor('return 1')()}}",
  "\u202e\u0007",
];

test("no filter, sort or cursor is read as SQL or as an operator [S49]", async () => {
  const fields = [
    "q",
    "text",
    "provider_slug",
    "event_type",
    "org_id",
    "company_id",
    "customer",
    "object",
    "livemode",
    "status",
    "cursor",
    "from_ts",
    "limit",
    "order",
    "sort",
    "destination",
    "error_group",
    "select",
  ];
  const lists = [
    "/api/webhooks/events",
    "/api/webhooks/replays",
    "/api/dead-letters",
    "/api/destinations",
    "/api/audit",
    "/api/search",
    "/api/webhooks/dlq",
    "/api/webhooks/events/types",
  ];
  for (const list of lists) {
    const started = performance.now();
    for (const value of INJECTION) {
      const all = new URLSearchParams(fields.map((field) => [field, value]));
      for (const query of [
        `${new URLSearchParams({ q: value, org_id: value, subject: value, actor: value })}`,
        `${all}`,
      ]) {
        const { status, text } = await ask("GET", `${list}?${query}`);
        expect([list, value, status < 500]).toEqual([list, value, true]);
        expect(text).not.toMatch(/syntax error|SQLSTATE|scrypt\$/);
      }
    }
    expect(performance.now() - started).toBeLessThan(30_000);
  }
  const [row] =
    await app.sql`select count(*)::int as n from pg_tables where schemaname = 'public' and tablename = 'events'`;
  expect(row?.n).toBe(1);
});

test("names in a query that every object has change nothing [S52]", async () => {
  const clean = await ask("GET", "/api/webhooks/events?limit=5");
  for (const query of [
    "a[__proto__][x]=1",
    "__proto__=1",
    "__proto__[limit]=1",
    "constructor=1",
    "toString=1",
    "hasOwnProperty=1",
  ]) {
    const { status, body } = await ask("GET", `/api/webhooks/events?limit=5&${query}`);
    // Next leaves __proto__ out of what a route sees.
    if (query === "__proto__=1") expect([query, status, body]).toEqual([query, 200, clean.body]);
    else expect([query, status, body.title]).toEqual([query, 400, expect.stringContaining("is not known here.")]);
  }
  const made = await ask(
    "POST",
    "/api/tokens",
    '{"name":"x","__proto__":{"scopes":["manage"]},"constructor":{"expires_in_days":1}}',
  );
  expect(made.status).toBe(400);
  expect((await ask("GET", "/api/webhooks/events?limit=5")).body).toEqual(clean.body);
});

test("the image optimiser fetches nothing, inside or outside [S46]", async () => {
  for (const url of [
    `http://127.0.0.2:${canary.port}/a.png`,
    "https://example.com/a.png",
    "//example.com/a.png",
    "/api/webhooks/events",
    "/icon.svg",
  ]) {
    const response = await asAdmin(`/_next/image?url=${encodeURIComponent(url)}&w=64&q=75`);
    expect([url, response.status >= 400]).toEqual([url, true]);
  }
  expect(canary.connections).toBe(0);
});

test("error pages and answers show no stack, SQL, path or variable, and no map of the source is served [S47] [S31]", async () => {
  const answers = await Promise.all(
    [
      "/nothing",
      "/events/we_999999",
      "/events/%00",
      "/destinations/'",
      "/invitation/none",
      "/_next/static/none.js",
      "/_next/data/x/events.json",
      "/sign-in?callbackUrl=javascript:alert(1)",
      "/events?limit=%FF",
    ].map(async (target) => {
      const response = await asAdmin(target);
      return `${target} ${response.status} ${await response.text()}`;
    }),
  );
  for (const said of answers) {
    expect(said).not.toMatch(
      /\bat .+\.(?:js|ts):\d+:\d+|node_modules\/|\/work\/|select .+ from |SQLSTATE|DATABASE_URL/,
    );
    expect(said).not.toContain(CANARY);
  }
  const maps = readdirSync(path.join(ROOT, ".next/static"), { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".map"),
  );
  expect(maps).toEqual([]);
});

describe("secrets", () => {
  const secrets = Object.entries({ ...APP_ENVIRONMENT, CANARY_OF_A_TEST: CANARY })
    .filter(([name]) => /SECRET|TOKEN|KEY|CANARY/.test(name) && name !== "TELNYX_PUBLIC_KEY")
    .map(([, value]) => value);
  const leaksIn = (text: string) => secrets.filter((secret) => text.includes(secret));

  test("of the environment are in no file of the build, no page and nothing the router fetches [S31]", async () => {
    expect(secrets.length).toBeGreaterThan(10);
    const files = readdirSync(path.join(ROOT, ".next"), { recursive: true, encoding: "utf8" })
      .filter(
        (file) =>
          statSync(path.join(ROOT, ".next", file)).isFile() &&
          /^(static|server)\/.*\.(js|json|html|rsc|css|txt)$/.test(file),
      )
      .map((file) => readFileSync(path.join(ROOT, ".next", file), "utf8"));
    expect(files.length).toBeGreaterThan(50);
    for (const file of files) expect(leaksIn(file)).toEqual([]);
    for (const page of [...consolePages(), "/sign-in", "/api-reference"]) {
      for (const headers of [{}, { rsc: "1" }]) {
        const text = await (
          await asAdmin(page, { headers: headers as Record<string, string>, redirect: "follow" })
        ).text();
        expect([page, leaksIn(text)]).toEqual([page, []]);
        expect(text).not.toMatch(/postgres(ql)?:\/\/|scrypt\$|SUPABASE_SECRET/);
      }
    }
  });

  test("that sign what we send are ours, random, and each destination's own [S14]", async () => {
    const made = await Promise.all(
      Array.from({ length: 5 }, async (_, n) => {
        const { status, body } = await ask("POST", "/api/destinations", {
          name: `Shop ${n}`,
          url: "https://example.com/hooks",
        });
        expect(status, JSON.stringify(body)).toBeLessThan(300);
        return String(body.secret ?? body.signing_secret);
      }),
    );
    expect(new Set(made).size).toBe(5);
    for (const secret of made) {
      expect(secret).toMatch(/^whsec_/);
      const bytes = Buffer.from(secret.slice(6), "base64");
      expect(bytes.length).toBeGreaterThanOrEqual(24);
      expect(bytes.length).toBeLessThanOrEqual(64);
      expect(new Set(bytes).size).toBeGreaterThan(10);
    }
    for (const secret of ["whsec_d2Vhaw==", made[0], ""]) {
      const { status } = await ask("POST", "/api/destinations", {
        name: "Chosen",
        url: "https://example.com/hooks",
        secret,
      });
      expect(status).toBe(400);
    }
  });

  test("and what a person sent are in no line of the log [S18] [S19]", async () => {
    const bearer = "canary-bearer-of-a-caller-0123456789";
    const headers = {
      authorization: `Bearer ${bearer}`,
      cookie: "other=canary-cookie-of-a-caller",
      "x-hub-signature": "sha1=canary-hub",
    };
    await fetchFrom(`/api/webhooks/events?token=canary-in-a-query`, { headers });
    await fetchFrom("/api/auth/callback/credentials", {
      method: "POST",
      body: new URLSearchParams({ email: PERSON.email, password: "canary-password" }),
    });
    for (const provider of ["stripe", "telnyx", "chatwoot", "standard", "smartlead", "heyreach", "mitto"] as Sender[]) {
      const event = { id: `canary-${provider}`, type: "note.added", data: { object: PERSON, person: PERSON } };
      for (const options of [{}, { tampered: true }, { stale: true }]) {
        const request = requestOf(provider, event, options);
        const sent = [...request.headers, ["x-person", PERSON.email], ["cookie", "canary-cookie-of-a-caller"]] as [
          string,
          string,
        ][];
        await fetchFrom(request.path, { method: "POST", headers: sent, body: new Uint8Array(request.body) });
      }
    }
    await until("the log has the last request", () => app.output().includes('"provider":"mitto"'));
    const log = app.output();
    const told = [
      ...Object.values(PERSON),
      ...Object.values(TEST_SECRETS),
      ...secrets,
      bearer,
      "canary-cookie-of-a-caller",
      "canary-in-a-query",
      "canary-password",
      "canary-hub",
      "v1,",
      "sha256=",
    ];
    expect(told.filter((one) => log.includes(one))).toEqual([]);
  });
});

describe("what needs no session", () => {
  test("says little: health names no version, host or variable [S54]", async () => {
    const text = await (await fetchFrom("/api/webhooks/health")).text();
    expect(text).not.toMatch(/postgres:|\/work|node_modules|\d+\.\d+\.\d+\.\d+|password|stack/i);
    expect(text.length).toBeLessThan(4_000);
  });

  test("the worker's route runs for POST and its secret alone, and says nothing else [S54]", async () => {
    const secret = APP_ENVIRONMENT.CRON_SECRET;
    for (const method of ["GET", "HEAD", "PUT", "PATCH", "DELETE"]) {
      const response = await fetchFrom("/api/internal/worker", {
        method,
        headers: { authorization: `Bearer ${secret}` },
      });
      expect([method, response.status]).toEqual([method, 405]);
    }
    const wrong = [`Bearer ${secret}x`, `bearer  ${secret}`, `Basic ${secret}`, `Bearer ${"é".repeat(12)}`, "Bearer"];
    for (const authorization of wrong) {
      const response = await fetch(`${app.url}/api/internal/worker`, {
        method: "POST",
        headers: { authorization: encodeURI(authorization) },
      });
      expect(response.status).toBe(401);
      expect(await response.text()).not.toContain(secret);
    }
    expect((await fetchFrom(`/api/internal/worker?secret=${secret}`, { method: "POST" })).status).toBe(401);
  });

  test("is no export: each wants a session, and nothing of ours lies in public [S55]", async () => {
    const exports = routes.filter(({ route }) => /export|body$/.test(route)).map(({ route }) => addressOf(route));
    expect(exports.length).toBeGreaterThanOrEqual(3);
    for (const target of exports) expect([target, (await fetchFrom(target)).status]).toEqual([target, 401]);
    for (const target of [
      "/.data/secrets.json",
      "/data/secrets.json",
      "/secrets.json",
      "/.env",
      "/.git/config",
      "/package.json",
      "/server.ts",
      "/..%2f.data/secrets.json",
      "/%2e%2e/.data/secrets.json",
    ]) {
      const response = await asAdmin(target);
      expect([target, response.status === 200 && !/html/.test(response.headers.get("content-type") ?? "")]).toEqual([
        target,
        false,
      ]);
    }
    const files = readdirSync(path.join(ROOT, "public"), { recursive: true, encoding: "utf8" });
    expect(files.filter((file) => !/^screenshots(\/|$)|\.(svg|png|ico|webmanifest|txt)$/.test(file))).toEqual([]);
    expect(existsSync(path.join(ROOT, "public/.data"))).toBe(false);
  });
});

describe("cookies", () => {
  const setBy = async (url: string) => {
    const csrf = await fetch(`${url}/api/auth/csrf`);
    return csrf.headers.getSetCookie();
  };

  test("are for the server and this site, and over HTTPS for HTTPS and this host alone [S24]", async () => {
    for (const cookie of await setBy(app.url)) expect(cookie).toMatch(/; HttpOnly/i);
    const [row] = await app.sql`select current_database() as name`;
    const DATABASE_URL = (process.env.TEST_POSTGRES_URL ?? "").replace(/\/[^/]*$/, `/${row?.name}`);
    const port = await freePort();
    const secure: RunningApp = await startApp({
      env: appEnvironment(app.sink, {
        DATABASE_URL,
        PORT: String(port),
        PUBLIC_URL: "https://desk.example",
        WORKER_IN_SERVER: "0",
      }),
    });
    try {
      const jar = await signInOver(`http://127.0.0.1:${port}`);
      const session = jar.find((cookie) => cookie.includes("redrive.session")) ?? "";
      expect(session).toMatch(/^__Host-redrive\.session=/);
      for (const part of [/; Secure/i, /; HttpOnly/i, /; SameSite=(Lax|Strict)/i, /; Path=\/(;|$)/i])
        expect(session).toMatch(part);
      expect(session).not.toMatch(/; Domain=/i);
      for (const cookie of jar) expect(cookie).toMatch(/; HttpOnly.*; Secure|; Secure.*; HttpOnly/i);
    } finally {
      await secure.stop();
    }
  });

  async function freePort(): Promise<number> {
    const server = net.createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as net.AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }

  async function signInOver(url: string): Promise<string[]> {
    const csrf = await fetch(`${url}/api/auth/csrf`);
    const { csrfToken } = (await csrf.json()) as { csrfToken: string };
    const cookie = csrf.headers
      .getSetCookie()
      .map((one) => one.split(";")[0])
      .join("; ");
    const response = await fetch(`${url}/api/auth/callback/credentials`, {
      method: "POST",
      redirect: "manual",
      headers: { cookie },
      body: new URLSearchParams({ csrfToken, email: app.adminEmail, password: app.adminPassword, json: "true" }),
    });
    return [...csrf.headers.getSetCookie(), ...response.headers.getSetCookie()];
  }
});
