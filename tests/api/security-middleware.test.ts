/**
 * The app with its middleware taken out of the build: every page and route must stay closed by itself, however its path is
 * written. The copy shares everything else with the build of the other tests.
 */
import {
  copyFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureBuild } from "../../lib/boot/build";
import { ROOT } from "../../lib/db/supabase-cli";
import { stripeEvent } from "../../lib/providers/stripe/sample";
import { bodyOf } from "../../lib/samples/ids";
import { sign } from "../fixtures/sign";
import { type RunningApp, startApp } from "../support/app";
import { createTestDatabase, type TestDatabase } from "../support/postgres";
import { APP_ENVIRONMENT } from "../support/processes";
import { converse, head } from "../support/raw-http";
import { addressOf, apiRoutes, consolePages } from "../support/routes";
import { signIn } from "../support/sign-in";

const CANARY = "evt_only_for_who_is_signed_in";
let database: TestDatabase;
let app: RunningApp;
let root: string;
let eventPage: string;

beforeAll(async () => {
  await ensureBuild(ROOT, () => {});
  root = mkdtempSync(path.join(os.tmpdir(), "redrive-open-"));
  for (const entry of readdirSync(ROOT, { withFileTypes: true })) {
    const [from, to] = [path.join(ROOT, entry.name), path.join(root, entry.name)];
    // Files are copied, not linked, so that server.ts and the build use the copy's folder.
    if (entry.isFile()) copyFileSync(from, to);
    else if (!entry.name.startsWith(".") && entry.name !== "test-results") symlinkSync(from, to);
  }
  cpSync(path.join(ROOT, ".next"), path.join(root, ".next"), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (from) => !from.includes(`${path.sep}cache${path.sep}`),
  });
  const manifest = path.join(root, ".next/server/functions-config-manifest.json");
  const { functions, ...rest } = JSON.parse(readFileSync(manifest, "utf8"));
  expect(functions).toHaveProperty("/_middleware");
  delete functions["/_middleware"];
  writeFileSync(manifest, JSON.stringify({ ...rest, functions }));

  database = await createTestDatabase();
  app = await startApp({
    env: { ...APP_ENVIRONMENT, DATABASE_URL: database.url, AGENT_SDK_URL: "http://127.0.0.1:9" },
    root,
  });
  const body = bodyOf(stripeEvent({ id: CANARY }));
  const headers = sign("stripe", body) as [string, string][];
  const sent = await fetch(`${app.url}/api/webhooks/stripe`, { method: "POST", headers, body: new Uint8Array(body) });
  eventPage = `/events/${((await sent.json()) as { event_id: string }).event_id}`;
}, 400_000);

afterAll(async () => {
  await app?.stop();
  await database?.drop();
  if (root) rmSync(root, { recursive: true, force: true });
});

const get = (target: string, headers: [string, string][] = []) =>
  converse(app.url, [head(target, [...headers, ["Connection", "close"]], "GET")], 60_000);

/** Ways to write one page's address, or to ask for a part of it. */
function spellingsOf(page: string): [target: string, headers?: [string, string][]][] {
  const [, first = "", rest = ""] = /^\/(.?)(.*)$/.exec(page) ?? [];
  const encoded = `/${first && `%${first.charCodeAt(0).toString(16)}`}${rest}`;
  const rsc: [string, string][] = [["RSC", "1"]];
  return [
    [page],
    [page, rsc],
    [`${page}?_rsc=abc`, rsc],
    [`${page}.rsc`],
    [`${page}.rsc`, rsc],
    [`${page}.segments/_full.segment.rsc`, rsc],
    [`${page}.segments/_tree.segment.rsc`, [...rsc, ["Next-Router-Prefetch", "1"]]],
    [page, [...rsc, ["Next-Router-Segment-Prefetch", "/_full"]]],
    [encoded],
    [encoded, rsc],
    [`${page}/`],
    [`/${page}`],
    [`/.${page}`],
    [`/sign-in/..${page}`],
    [`/sign-in/%2e%2e${page}`],
    [`/api-reference/%2E%2E${page}`, rsc],
    [`/en${page}`],
    [`/_next/data/build${page === "/" ? "/index" : page}.json`],
    [page.toUpperCase()],
    [`${page};.js`],
    [`${page}?x=.js`],
    [page, [["x-middleware-subrequest", "middleware:middleware:middleware:middleware:middleware"]]],
    [
      page,
      [
        ["x-middleware-rewrite", page],
        ["x-redrive-path", "/"],
      ],
    ],
    [
      page,
      [
        ["x-invoke-path", page],
        ["x-matched-path", page],
        ["x-now-route-matches", "1"],
      ],
    ],
    [`http://desk.test${page}`],
  ];
}

describe("without the middleware", () => {
  test("nothing sends away who asks for a page that is not there", async () => {
    expect((await get("/nothing-like-this")).status).toBe(404);
  });

  test("who is signed in sees what is looked for here", async () => {
    const cookie = await signIn(app.url, app.adminEmail, app.adminPassword);
    for (const page of ["/events", eventPage]) {
      expect(await (await fetch(`${app.url}${page}`, { headers: { cookie } })).text()).toContain(CANARY);
    }
  });

  test.each(consolePages())("%s stays closed however it is written [S37]", async (page) => {
    const target = page.startsWith("/events/") ? eventPage : page;
    for (const [spelling, headers] of spellingsOf(target)) {
      const { status, body, headers: answered } = await get(spelling, headers);
      const kind = `${spelling} ${JSON.stringify(headers ?? [])} → ${status}`;
      expect(body, kind).not.toContain(CANARY);
      expect(body, kind).not.toMatch(/"event_key"|Administrator|needs_attention|admin@redrive/);
      // A redirect, a 404, or a page that only redirects to the sign-in page.
      const away = `${answered.location ?? ""} ${body}`;
      if (status === 200) expect(away, kind).toMatch(/sign-in|"children",\{"s"/);
    }
  });

  test("every route that asks who is there answers 401, whatever a header claims [S37] [S26]", async () => {
    const claims = [
      {},
      { "x-middleware-subrequest": "middleware" },
      { "x-middleware-next": "1", "x-redrive-client": "127.0.0.1" },
    ];
    for (const { route, methods, isOpen } of apiRoutes()) {
      if (isOpen) continue;
      for (const method of methods) {
        for (const headers of claims) {
          const response = await fetch(`${app.url}${addressOf(route)}`, {
            method,
            headers: headers as Record<string, string>,
            redirect: "manual",
          });
          await response.body?.cancel();
          expect([method, route, response.status]).toEqual([method, route, 401]);
        }
      }
    }
  });
});
