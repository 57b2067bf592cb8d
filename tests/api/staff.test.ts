/** People: invited by a link that works once, given other roles, disabled; and what is written about it. Long because it is one story per rule about people. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hashPassword } from "@/lib/auth/password";
import type { StaffAction, StaffMember, StaffWithInvitation } from "@/lib/contract/staff";
import { sha256Hex } from "@/lib/providers/hmac";
import { tokenFor } from "../support/processes";
import { openApp, type SharedApp } from "../support/shared-app";
import { signIn } from "../support/sign-in";

const PASSWORD = "a long enough password";

let app: SharedApp;
let admin: string;
let adminId: string;

beforeAll(async () => {
  app = await openApp({ TRUSTED_PROXIES: "127.0.0.1, ::1" });
  admin = await signIn(app.url, app.adminEmail, app.adminPassword);
  adminId = String((await app.sql`select id from staff_users`)[0]?.id);
}, 300_000);
afterAll(() => app?.close());

interface Answer<T> {
  status: number;
  body: T & { title?: string; detail?: string; field?: string };
}

/** Sends a request with a console session. */
async function ask<T>(method: string, path: string, body?: unknown, cookie = admin): Promise<Answer<T>> {
  const response = await fetch(`${app.url}${path}`, {
    method,
    redirect: "manual",
    headers: { cookie, "sec-fetch-site": "same-origin", ...(body ? { "content-type": "application/json" } : {}) },
    body: body ? JSON.stringify(body) : undefined,
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith("{") ? JSON.parse(text) : ({} as never) };
}

const invite = (email: string, role = "support") => ask<StaffWithInvitation>("POST", "/api/staff", { email, role });
const secretIn = ({ body }: Answer<StaffWithInvitation>) =>
  new URL(body.invitation.url).pathname.split("/").at(-1) ?? "";
const accept = (token: string, more: object = {}, from = "203.0.113.1") =>
  fetch(`${app.url}/api/invitations/accept`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-forwarded-for": from },
    body: JSON.stringify({ token, name: "Ada Lovelace", password: PASSWORD, ...more }),
  });

/** Makes a person who can sign in, without an invitation. */
async function hire(email: string, role: string): Promise<{ id: string; cookie: string }> {
  const [row] = await app.sql`insert into staff_users (email, name, role, password_hash)
    values (${email}, ${email.split("@")[0] as string}, ${role}, ${await hashPassword(PASSWORD)}) returning id`;
  return { id: String(row?.id), cookie: await signIn(app.url, email, PASSWORD) };
}

describe("an invitation", () => {
  test("lets a person set name and password, once, and sign in with the role it was made for", async () => {
    const invited = await invite(" Ada@Example.com ");
    expect(invited.status).toBe(201);
    expect(invited.body.staff).toMatchObject({ email: "ada@example.com", role: "support", status: "invited" });
    expect(Date.parse(invited.body.invitation.expires_at) - Date.now()).toBeGreaterThan(71 * 3_600_000);

    const secret = secretIn(invited);
    const page = await fetch(invited.body.invitation.url, { redirect: "manual" });
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("ada@example.com")]);
    expect((await accept(secret)).status).toBe(200);
    const cookie = await signIn(app.url, "ada@example.com", PASSWORD);
    expect((await ask("GET", "/api/webhooks/events", undefined, cookie)).status).toBe(200);
    expect((await ask("GET", "/api/staff", undefined, cookie)).status).toBe(403);

    const again = await accept(secret, { password: "somebody else's password" });
    expect([again.status, (await again.json()).title]).toEqual([404, "This link no longer works."]);
    const used = await fetch(invited.body.invitation.url);
    expect(await used.text()).not.toContain("ada@example.com");
  });

  test("its page was answered 500 while the database was busy: it says so, to every link alike", async () => {
    const { url } = (await invite("busy@example.com")).body.invitation;
    const answers = await app.sql.begin(async (sql) => {
      await sql`lock table staff_invitations in access exclusive mode`;
      const urls = Array.from({ length: 40 }, (_, n) => (n % 2 ? url : `${app.url}/invitation/unknown-${n}`));
      return Promise.all(
        urls.map(async (one) => {
          const response = await fetch(one, { redirect: "manual" });
          return { status: response.status, page: await response.text() };
        }),
      );
    });
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    for (const { page } of answers) expect(page).toContain("Redrive does not respond");
    expect(await (await fetch(url)).text()).toContain("busy@example.com");
  });

  let listed = 0;
  // From the long entries of public lists of leaked passwords.
  test.each([
    "mercedesbenz1",
    "billabong1234",
    "newyorkgiants",
    "newyorkyankees",
    "internationalization",
    "bonjovi123456",
  ])("the common long password %s was good enough: it is refused with the reason", async (password) => {
    listed += 1;
    const invited = await invite(`listed-${listed}@example.org`);
    const answer = await accept(secretIn(invited), { password, name: "Grace Hopper" });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      title: "This password is too easy to guess.",
      detail: expect.stringMatching(/^[A-Z].+\. A few random words are easiest to remember\.$/),
      field: "password",
    });
  });

  test("that several use at the same moment lets one of them in", async () => {
    const secret = secretIn(await invite("race@example.com"));
    const answers = await Promise.all(Array.from({ length: 6 }, () => accept(secret)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404, 404, 404]);
  });

  test("is refused when it was replaced, is too old, or its person was disabled", async () => {
    const first = await invite("bob@example.com");
    const { id } = first.body.staff;
    const second = await ask<StaffWithInvitation>("POST", `/api/staff/${id}/invitation`);
    expect(second.status).toBe(201);
    expect((await accept(secretIn(first))).status).toBe(404);

    await app.sql`update staff_invitations set expires_at = now() - interval '1 second' where staff_id = ${id}`;
    expect((await accept(secretIn(second))).status).toBe(404);

    const third = await ask<StaffWithInvitation>("POST", `/api/staff/${id}/invitation`);
    expect((await ask("PATCH", `/api/staff/${id}`, { disabled: true })).status).toBe(200);
    expect((await accept(secretIn(third))).status).toBe(404);
    expect((await ask("POST", `/api/staff/${id}/invitation`)).status).toBe(409);
  });

  test("is no way to a role, an e-mail that is taken, or a weak password", async () => {
    expect((await invite("ada@example.com")).body).toMatchObject({ status: 409, field: "email" });
    expect((await invite("carl@example.com", "root")).body.field).toBe("role");
    const widened = { email: "carl@example.com", role: "viewer", password_hash: "x", id: adminId };
    expect((await ask("POST", "/api/staff", widened)).status).toBe(400);

    const secret = secretIn(await invite("carl@example.com", "viewer"));
    expect((await accept(secret, { role: "admin" })).status).toBe(400);
    expect((await accept(secret, { email: app.adminEmail })).status).toBe(400);
    for (const password of [
      "short",
      " ".repeat(12),
      "passwordpassword",
      "carl@example.com",
      "Ada Lovelace 12",
      "aaaaaaaaaaaaa",
    ]) {
      const refused = await accept(secret, { password });
      expect([refused.status, (await refused.json()).field], password).toEqual([400, "password"]);
    }
    expect((await accept(secret)).status).toBe(200);
  });

  test("cannot be guessed: an address has twenty attempts, others go on", async () => {
    const secret = secretIn(await invite("dora@example.com"));
    const guesses = await Promise.all(Array.from({ length: 20 }, (_, n) => accept(`guess-${n}`, {}, "203.0.113.66")));
    expect(new Set(guesses.map(({ status }) => status))).toEqual(new Set([404]));
    const refused = await accept(secret, {}, "203.0.113.66");
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(800);
    const page = await fetch(`${app.url}/invitation/${secret}`, { headers: { "x-forwarded-for": "203.0.113.66" } });
    expect(await page.text()).not.toContain("dora@example.com");
    expect((await accept(secret, {}, "203.0.113.67")).status).toBe(200);
  });

  test("gives a new password to somebody who lost theirs, and ends their sessions [S23]", async () => {
    const { id, cookie } = await hire("eve@example.com", "viewer");
    const link = await ask<StaffWithInvitation>("POST", `/api/staff/${id}/invitation`);
    expect((await ask("GET", "/api/webhooks/events", undefined, cookie)).status).toBe(200);
    expect((await accept(secretIn(link), { password: "another long password" })).status).toBe(200);
    expect((await ask("GET", "/api/webhooks/events", undefined, cookie)).status).toBe(401);
    await signIn(app.url, "eve@example.com", "another long password");
    expect((await ask("POST", `/api/staff/${adminId}/invitation`)).body.title).toContain("own account");
  });
});

describe("a role", () => {
  test("that is taken away acts on sessions that are open [S23] [S32]", async () => {
    const { id, cookie } = await hire("frank@example.com", "admin");
    expect((await ask("GET", "/api/staff", undefined, cookie)).status).toBe(200);
    expect((await ask<StaffMember>("PATCH", `/api/staff/${id}`, { role: "viewer" })).body.role).toBe("viewer");
    expect((await ask("GET", "/api/staff", undefined, cookie)).status).toBe(401);
    const again = await signIn(app.url, "frank@example.com", PASSWORD);
    expect((await ask("GET", "/api/staff", undefined, again)).status).toBe(403);
    expect((await ask("GET", "/api/webhooks/events", undefined, again)).status).toBe(200);
  });

  test("is nothing people give themselves, whatever else they send with it [S32]", async () => {
    const { id, cookie } = await hire("grace@example.com", "support");
    expect((await ask("PATCH", `/api/staff/${id}`, { role: "admin" }, cookie)).status).toBe(403);
    expect((await ask("PATCH", `/api/staff/${adminId}`, { role: "viewer" })).status).toBe(409);
    expect((await ask("PATCH", `/api/staff/${adminId}`, { disabled: true })).status).toBe(409);
    for (const body of [{ session_version: 99 }, { role: "viewer", email: "x@example.com" }, {}, { disabled: "yes" }]) {
      expect((await ask("PATCH", `/api/staff/${id}`, body)).status, JSON.stringify(body)).toBe(400);
    }
    for (const other of ["nobody", "0", `${id}'`, "00000000-0000-4000-8000-000000000000"]) {
      expect((await ask("PATCH", `/api/staff/${encodeURIComponent(other)}`, { role: "viewer" })).status).toBe(404);
    }
  });

  test("of the last administrator who can sign in stays, even when two demote each other [S32]", async () => {
    const { id, cookie } = await hire("heidi@example.com", "admin");
    await invite("invited-admin@example.com", "admin");
    const answers = await Promise.all([
      ask("PATCH", `/api/staff/${adminId}`, { role: "viewer" }, cookie),
      ask("PATCH", `/api/staff/${id}`, { disabled: true }),
    ]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const [row] = await app.sql`select count(*)::int from staff_users
      where role = 'admin' and disabled_at is null and password_hash is not null`;
    expect(row?.count).toBe(1);

    // A token of the command line is not a person on the staff, so only this rule applies.
    const token = await tokenFor("super_admin");
    const [last] = await app.sql`select id from staff_users
      where role = 'admin' and disabled_at is null and password_hash is not null`;
    for (const body of [{ role: "support" }, { disabled: true }]) {
      const response = await fetch(`${app.url}/api/staff/${last?.id}`, {
        method: "PATCH",
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      });
      expect([response.status, (await response.json()).title]).toEqual([409, "This is the last active administrator."]);
    }
    await app.sql`update staff_users set role = 'admin', disabled_at = null where id in (${adminId}, ${id})`;
    admin = await signIn(app.url, app.adminEmail, app.adminPassword);
  });
});

test("disabling somebody ends their sessions at once; enabled again, they sign in again [S23]", async () => {
  const { id, cookie } = await hire("ivan@example.com", "support");
  const disabled = await ask<StaffMember>("PATCH", `/api/staff/${id}`, { disabled: true });
  expect(disabled.body).toMatchObject({ status: "disabled", disabled_at: expect.any(String) });
  expect((await ask("GET", "/api/webhooks/events", undefined, cookie)).status).toBe(401);
  await expect(signIn(app.url, "ivan@example.com", PASSWORD)).rejects.toThrow();
  expect((await ask<StaffMember>("PATCH", `/api/staff/${id}`, { disabled: false })).body.status).toBe("active");
  expect((await ask("GET", "/api/webhooks/events", undefined, cookie)).status).toBe(401);
  await signIn(app.url, "ivan@example.com", PASSWORD);
});

test("nothing acts for another site, and reading changes nothing [S35]", async () => {
  for (const [method, path] of [
    ["POST", "/api/staff"],
    ["PATCH", `/api/staff/${adminId}`],
    ["POST", `/api/staff/${adminId}/invitation`],
    ["POST", "/api/tokens"],
    ["DELETE", "/api/tokens/tk_1"],
  ] as const) {
    for (const headers of [{ origin: "https://evil.example" }, { "sec-fetch-site": "cross-site" }, {}]) {
      const response = await fetch(`${app.url}${path}`, {
        method,
        headers: { cookie: admin, "content-type": "text/plain", ...(headers as Record<string, string>) },
      });
      expect(response.status, `${method} ${path} ${JSON.stringify(headers)}`).toBe(403);
    }
  }
});

describe("the audit log", () => {
  const read = async (query = "") =>
    (await ask<{ actions: StaffAction[]; next_cursor: string | null }>("GET", `/api/audit${query}`)).body;

  test("says who did what to whom, and the request to quote; no secret is in it [S34]", async () => {
    const invited = await invite("judy@example.com", "viewer");
    await ask("PATCH", `/api/staff/${invited.body.staff.id}`, { role: "support" });
    await accept(secretIn(invited));
    const { actions } = await read("?subject=judy@example.com");
    expect(actions.map(({ action, actor, details }) => ({ action, actor, details }))).toEqual([
      { action: "invitation.accept", actor: "Ada Lovelace", details: {} },
      { action: "staff.change_role", actor: "Administrator", details: { from: "viewer", to: "support" } },
      { action: "staff.invite", actor: "Administrator", details: { role: "viewer" } },
    ]);
    expect(actions.every(({ request_id }) => request_id)).toBe(true);
    expect(JSON.stringify(await read("?limit=500"))).not.toContain(secretIn(invited));
  });

  test("is filtered by who, what, whom and when, and paged without a gap", async () => {
    const { actions: all } = await read("?limit=500");
    const pages: StaffAction[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page: { actions: StaffAction[]; next_cursor: string | null } = await read(
        `?limit=3${cursor && `&cursor=${cursor}`}`,
      );
      pages.push(...page.actions);
      cursor = page.next_cursor;
    }
    expect(pages).toEqual(all);

    const invites = all.filter(({ action }) => action === "staff.invite");
    expect((await read("?action=staff.invite&limit=500")).actions).toEqual(invites);
    expect(
      (await read("?action=staff.invite,staff.disable&actor=Administrator&range=1h")).actions.length,
    ).toBeGreaterThan(invites.length);
    expect((await read("?actor=Administrator' or true --")).actions).toEqual([]);
    const middle = all[4] as StaffAction;
    const since = (await read(`?limit=500&from_ts=${encodeURIComponent(middle.at)}`)).actions;
    expect(since).toEqual(all.filter(({ at }) => at >= middle.at));
    expect((await ask("GET", "/api/audit?cursor=abc")).status).toBe(400);
    expect((await ask("GET", "/api/audit?from_ts=yesterday")).body).toMatchObject({ field: "from_ts" });
  });

  test("is exported with inert cells, and says that it was [S34] [D12]", async () => {
    await app.sql`insert into staff_actions (actor, actor_id, action, subject)
      values ('=HYPERLINK("http://evil")', 'x', 'staff.invite', '@formula')`;
    const take = (query: string) => fetch(`${app.url}/api/audit/export${query}`, { headers: { cookie: admin } });
    const csv = await (await take("?format=csv&subject=@formula")).text();
    expect(csv).toContain(`"'=HYPERLINK(""http://evil"")"`);
    expect(csv).toContain(`"'@formula"`);
    const json = await take("?format=json");
    expect(json.headers.get("content-disposition")).toBe('attachment; filename="audit.json"');
    const taken = (await json.json()) as StaffAction[];
    const asked = { format: "csv", filter: { subject: "@formula" } };
    expect(taken.slice(0, 3).map(({ action, details }) => ({ action, details }))).toEqual([
      { action: "audit.export", details: { format: "json", filter: {} } },
      {
        action: "audit.exported",
        details: {
          ...asked,
          ...{ rows: 1, bytes: Buffer.byteLength(csv), sha256: sha256Hex(csv), complete: true },
        },
      },
      { action: "audit.export", details: asked },
    ]);
  });
});
