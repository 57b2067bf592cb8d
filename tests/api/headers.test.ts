/** The security headers of our answers, in both ways of running the console, and the limit of streams. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type NextStart, startNext } from "../support/next-start";
import { tokenFor, until } from "../support/processes";
import { openApp, type SharedApp } from "../support/shared-app";
import { signIn } from "../support/sign-in";

const STREAMS = 3;
let app: SharedApp;
let next: NextStart;
let cookie: string;
beforeAll(async () => {
  app = await openApp({ STREAMS_PER_PERSON: String(STREAMS) });
  next = await startNext({ PUBLIC_URL: "https://desk.example" });
  cookie = await signIn(app.url, app.adminEmail, app.adminPassword);
}, 400_000);
afterAll(async () => {
  await next?.close();
  await app?.close();
});

const PAGES = readdirSync(path.resolve(import.meta.dirname, "../../app"), { recursive: true, encoding: "utf8" })
  .filter((file) => /(^|\/)page\.tsx$/.test(file))
  .map(
    (file) =>
      `/${path.dirname(file)}`
        .replace("/(console)", "")
        .replace(/^\/\.$/, "/")
        .replace(/\[[^\]]+\]/g, "we_1") || "/",
  );
const EVERYWHERE = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": expect.stringContaining("camera=()"),
};

describe.each([
  ["our own server", () => app.url],
  ["next start", () => next.url],
] as const)("behind %s", (name, url) => {
  test.each([...PAGES, "/nowhere", "/nope.html", "/_next/nothing"])(
    "%s has a policy with a nonce of its own, on all of its scripts [S42]",
    async (page) => {
      const nonces = new Set<string>();
      for (let n = 0; n < 2; n++) {
        const response = await fetch(`${url()}${page}`, {
          headers: name === "our own server" ? { cookie } : {},
          redirect: "manual",
        });
        expect(Object.fromEntries(response.headers)).toMatchObject(EVERYWHERE);
        const policy = response.headers.get("content-security-policy") ?? "";
        if (response.status === 307) return;
        expect(policy).toMatch(/script-src 'self' 'nonce-[A-Za-z0-9+/=]{24}' 'strict-dynamic'(;|$)/);
        for (const part of ["object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"])
          expect(policy).toContain(part);
        const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? "";
        nonces.add(nonce);
        const scripts = (await response.text()).match(/<script[^>]*>/g) ?? [];
        expect(scripts.length).toBeGreaterThan(0);
        for (const script of scripts) expect(script).toContain(`nonce="${nonce}"`);
      }
      expect(nonces.size).toBe(2);
    },
  );

  test.each([
    "/api/webhooks/events",
    "/api/openapi.json",
    "/api/webhooks/health",
    "/api/nowhere",
    "/admin/webhooks/events",
    "/api/webhooks/stripe",
  ])("%s runs nothing and is sniffed by nobody [S41]", async (target) => {
    const response = await fetch(`${url()}${target}`, { headers: { cookie } });
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    // Webhooks are answered before Next runs, with JSON for programs.
    if (target === "/api/webhooks/stripe" && name === "our own server") return;
    expect(Object.fromEntries(response.headers)).toMatchObject(EVERYWHERE);
    expect(response.headers.get("content-security-policy")).toMatch(/default-src 'none'.*sandbox/);
  });

  test("Strict-Transport-Security is for https alone [S42]", async () => {
    const given = (await fetch(`${url()}/sign-in`, { headers: { "x-forwarded-proto": "https" } })).headers.get(
      "strict-transport-security",
    );
    if (name === "next start") expect(given).toBe("max-age=63072000");
    else expect(given).toBeNull();
  });
});

test("One person cannot take the streams of all [S53]", async () => {
  const open = async (token: string, target: string) => {
    const gone = new AbortController();
    const response = await fetch(`${app.url}${target}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: gone.signal,
    });
    return { response, leave: () => gone.abort() };
  };
  const viewer = await tokenFor("viewer");
  const streams = await Promise.all(Array.from({ length: STREAMS }, () => open(viewer, "/api/live")));
  for (const { response } of streams) expect(response.status).toBe(200);
  const refused = await open(viewer, "/api/live");
  expect(refused.response.status).toBe(429);
  expect(Number(refused.response.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await refused.response.json()).toMatchObject({
    status: 429,
    title: expect.stringContaining("too many streams"),
  });

  const other = await open(await tokenFor("support"), "/api/live");
  expect(other.response.status).toBe(200);
  other.leave();
  streams[0]?.leave();
  await until("a stream that was left is free again", async () => {
    const again = await open(viewer, "/api/live");
    streams.push(again);
    return again.response.status === 200;
  });
  for (const { leave } of streams) leave();
});
