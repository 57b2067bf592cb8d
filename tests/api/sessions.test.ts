/** Sessions: what ends them, who may end whose, and that an ended one opens nothing however often its cookie is sent. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hashPassword } from "@/lib/auth/password";
import type { StaffAction, StaffSession } from "@/lib/contract/staff";
import { tokenFor } from "../support/processes";
import { openApp, type SharedApp } from "../support/shared-app";
import { attemptSignIn, signIn, signOut } from "../support/sign-in";

const PASSWORD = "a long enough password";
const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

let app: SharedApp;
let admin: string;

beforeAll(async () => {
  app = await openApp();
  admin = await signIn(app.url, app.adminEmail, app.adminPassword);
}, 300_000);
afterAll(() => app?.close());

async function ask(method: string, path: string, cookie: string, body?: unknown) {
  const response = await fetch(`${app.url}${path}`, {
    method,
    redirect: "manual",
    headers: { cookie, "sec-fetch-site": "same-origin", ...(body ? { "content-type": "application/json" } : {}) },
    body: body ? JSON.stringify(body) : undefined,
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith("{") ? JSON.parse(text) : undefined };
}

const reads = async (cookie: string) => (await ask("GET", "/api/webhooks/events", cookie)).status;
const sessionIn = (cookie: string) => /redrive\.session=([^;]*)/.exec(cookie)?.[1] ?? "";
const sessions = async (cookie: string) => (await ask("GET", "/api/sessions", cookie)).body.sessions as StaffSession[];

async function hire(email: string, role = "support"): Promise<string> {
  const [row] = await app.sql`insert into staff_users (email, name, role, password_hash)
    values (${email}, ${email.split("@")[0] as string}, ${role}, ${await hashPassword(PASSWORD)}) returning id`;
  return String(row?.id);
}

describe("signing out", () => {
  test("ends the session, not only the cookie: sent again, it opens nothing [S23]", async () => {
    await hire("out@example.com");
    const [here, there] = [
      await signIn(app.url, "out@example.com", PASSWORD),
      await signIn(app.url, "out@example.com", PASSWORD),
    ];
    expect([await reads(here), await reads(there)]).toEqual([200, 200]);
    expect((await signOut(app.url, here)).status).toBe(200);
    expect([await reads(here), await reads(there)]).toEqual([401, 200]);

    // Nor does next-auth itself issue a new session for it.
    const again = await fetch(`${app.url}/api/auth/session`, { headers: { cookie: here } });
    expect(await again.json()).toEqual({});
    const given = again.headers.getSetCookie().find((set) => set.startsWith("redrive.session="));
    expect(given ?? "redrive.session=;").toMatch(/^redrive\.session=;/);
    const page = await ask("GET", "/events", here);
    expect(page.status).not.toBe(200);
  });

  test("everywhere ends every session of one's own, here too, and nobody else's [S23]", async () => {
    await hire("everywhere@example.com", "viewer");
    const [one, two] = [
      await signIn(app.url, "everywhere@example.com", PASSWORD),
      await signIn(app.url, "everywhere@example.com", PASSWORD),
    ];
    expect((await ask("DELETE", "/api/sessions", one)).body).toEqual({ ended: 2 });
    expect([await reads(one), await reads(two), await reads(admin)]).toEqual([401, 401, 200]);
    await signIn(app.url, "everywhere@example.com", PASSWORD);
  });

  test("of somebody else is for administrators, who may not use it on themselves", async () => {
    const id = await hire("other@example.com");
    const other = await signIn(app.url, "other@example.com", PASSWORD);
    const [me] = await app.sql`select id from staff_users where email = ${app.adminEmail}`;
    expect((await ask("DELETE", `/api/staff/${me?.id}/sessions`, other)).status).toBe(403);
    expect((await ask("DELETE", `/api/staff/${id}/sessions`, admin)).body).toEqual({ ended: 1 });
    expect(await reads(other)).toBe(401);
    expect((await ask("DELETE", `/api/staff/${me?.id}/sessions`, admin)).status).toBe(409);
    for (const wrong of ["nobody", "00000000-0000-4000-8000-000000000000"]) {
      expect((await ask("DELETE", `/api/staff/${wrong}/sessions`, admin)).status).toBe(404);
    }
  });
});

describe("a sign-in", () => {
  test("makes a new session id, and ends the one the browser had before [S22]", async () => {
    await hire("fix@example.com");
    const before = await signIn(app.url, "fix@example.com", PASSWORD);
    const after = await signIn(app.url, "fix@example.com", PASSWORD, { cookie: before });
    expect(sessionIn(after)).not.toBe(sessionIn(before));
    expect([await reads(before), await reads(after)]).toEqual([401, 200]);
    // A made-up session cookie in the browser is not taken over.
    const fixed = await attemptSignIn(app.url, "fix@example.com", PASSWORD, {
      cookie: "redrive.session=made-up-by-mallory",
    });
    expect(fixed.cookies).not.toContain("made-up-by-mallory");
    expect(await reads("redrive.session=made-up-by-mallory")).toBe(401);
  });

  test("sets a cookie that scripts and other sites cannot use [S24]", async () => {
    const { response } = await attemptSignIn(app.url, app.adminEmail, app.adminPassword);
    const set = response.headers.getSetCookie().find((one) => one.startsWith("redrive.session="));
    expect(set).toMatch(/HttpOnly/i);
    expect(set).toMatch(/SameSite=Lax/i);
    expect(set).toMatch(/Path=\/(;|$)/);
  });

  test("whose password was changed meanwhile comes to nothing", async () => {
    const id = await hire("race@example.com");
    const [row] = await app.sql`select start_session(${id}, 1, ${"ab".repeat(32)}, '::1', 'x', 60, 'r') as id`;
    expect(row?.id).toMatch(/^se_\d+$/);
    await app.sql`select set_staff_password('race@example.com', 'x')`;
    const [late] = await app.sql`select start_session(${id}, 1, ${"cd".repeat(32)}, '::1', 'x', 60, 'r') as id`;
    expect(late?.id).toBeNull();
    const [used] = await app.sql`select use_session(${"ab".repeat(32)}) as staff`;
    expect(used?.staff).toBeNull();
  });
});

test("a new role and a disabling end every session, a new password too [S23] [S32]", async () => {
  const id = await hire("changes@example.com");
  const during = async (change: () => Promise<unknown>) => {
    const cookie = await signIn(app.url, "changes@example.com", PASSWORD);
    expect(await reads(cookie)).toBe(200);
    await change();
    return reads(cookie);
  };
  expect(await during(() => ask("PATCH", `/api/staff/${id}`, admin, { role: "viewer" }))).toBe(401);
  expect(await during(() => ask("PATCH", `/api/staff/${id}`, admin, { disabled: true }))).toBe(401);
  await ask("PATCH", `/api/staff/${id}`, admin, { disabled: false });
  const hash = await hashPassword(PASSWORD);
  expect(await during(() => app.sql`select set_staff_password('changes@example.com', ${hash})`)).toBe(401);
  const why = await app.sql`select distinct ended_because from staff_sessions where staff_id = ${id} order by 1`;
  expect(why.map(({ ended_because }) => ended_because)).toEqual(["disabled", "password", "role"]);
});

describe("one's own sessions", () => {
  test("are listed with this device marked; one of them is ended, and only one's own [S27]", async () => {
    await hire("list@example.com", "viewer");
    await hire("stranger@example.com", "viewer");
    const here = await signIn(app.url, "list@example.com", PASSWORD, { "user-agent": FIREFOX });
    const there = await signIn(app.url, "list@example.com", PASSWORD, { "user-agent": "x".repeat(5000) });
    const stranger = await signIn(app.url, "stranger@example.com", PASSWORD);
    const list = await sessions(here);
    expect(list).toHaveLength(2);
    expect(list.find(({ is_current }) => is_current)).toMatchObject({ user_agent: FIREFOX });
    const other = list.find(({ is_current }) => !is_current) as StaffSession;
    expect(other.user_agent).toHaveLength(200);
    expect(JSON.stringify(list)).not.toContain(sessionIn(here));

    expect((await ask("DELETE", `/api/sessions/${other.id}`, stranger)).status).toBe(404);
    expect((await ask("DELETE", `/api/sessions/${other.id}`, here)).status).toBe(204);
    expect((await ask("DELETE", `/api/sessions/${other.id}`, here)).status).toBe(404);
    expect([await reads(here), await reads(there)]).toEqual([200, 401]);
    for (const wrong of ["se_0", "12", "se_x", "se_99999999999999999999"]) {
      expect((await ask("DELETE", `/api/sessions/${wrong}`, here)).status).toBe(404);
    }
  });

  test("are nothing a token has or ends", async () => {
    const headers = { authorization: `Bearer ${await tokenFor("super_admin")}` };
    for (const [method, path] of [
      ["GET", "/api/sessions"],
      ["DELETE", "/api/sessions"],
      ["DELETE", "/api/sessions/se_1"],
    ]) {
      expect((await fetch(`${app.url}${path}`, { method, headers })).status).toBe(403);
    }
    expect(await reads(admin)).toBe(200);
  });
});

test("a session is seen to five minutes, and ends after twelve hours whoever goes on using it", async () => {
  const id = await hire("seen@example.com");
  const cookie = await signIn(app.url, "seen@example.com", PASSWORD);
  const seen = async () =>
    (await app.sql`select last_seen_at as at from staff_sessions where staff_id = ${id}`)[0]?.at as Date;
  const first = await seen();
  await reads(cookie);
  expect(await seen()).toEqual(first);
  await app.sql`update staff_sessions set last_seen_at = now() - interval '6 minutes' where staff_id = ${id}`;
  await Promise.all(Array.from({ length: 8 }, () => reads(cookie)));
  expect((await seen()).getTime()).toBeGreaterThanOrEqual(first.getTime());
  await fetch(`${app.url}/api/auth/session`, { headers: { cookie } });
  await app.sql`update staff_sessions set expires_at = now() where staff_id = ${id}`;
  expect(await reads(cookie)).toBe(401);
});

test("nobody fills the table: twenty open sessions per person, and old rows go a hundred at a time", async () => {
  const id = await hire("many@example.com");
  const first = await signIn(app.url, "many@example.com", PASSWORD);
  await app.sql`insert into staff_sessions (id_hash, staff_id, address, network, user_agent, expires_at)
    select sha256(n::text::bytea), ${id}, '::1', '::1', 'x', now() + interval '1 hour' from generate_series(1, 300) n`;
  await app.sql`insert into staff_sessions (id_hash, staff_id, address, network, user_agent, expires_at)
    select sha256(('old' || n)::bytea), (select id from staff_users where email = ${app.adminEmail}), '::1', '::1', 'x',
      now() - interval '31 days' from generate_series(1, 150) n`;
  await signIn(app.url, "many@example.com", PASSWORD);
  const [row] = await app.sql`select count(*)::int as rows,
    count(*) filter (where ended_at is null)::int as open from staff_sessions where staff_id = ${id}`;
  expect(row).toEqual({ rows: 200, open: 20 });
  expect(await reads(first)).toBe(401);
  expect(await app.sql`select from staff_sessions where expires_at < now() - interval '30 days'`).toHaveLength(50);
});

test("the log says who signed in and out, and what was ended; no secret is in it", async () => {
  await hire("logged@example.com");
  const cookie = await signIn(app.url, "logged@example.com", PASSWORD);
  await signOut(app.url, cookie);
  const last = await signIn(app.url, "logged@example.com", PASSWORD);
  await ask("DELETE", "/api/sessions", last);
  const { actions } = (await ask("GET", "/api/audit?subject=logged@example.com", admin)).body as {
    actions: StaffAction[];
  };
  expect(actions.map(({ action }) => action)).toEqual([
    "session.end_all",
    "session.start",
    "session.end",
    "session.start",
  ]);
  expect(actions.every(({ actor }) => actor === "logged")).toBe(true);
  expect(JSON.stringify(actions)).not.toContain(sessionIn(cookie).slice(0, 40));
});

test("whoever reads the whole database has no session to use", async () => {
  const rows = await app.sql`select to_jsonb(s)::text as row from staff_sessions s`;
  const { decode } = await import("next-auth/jwt");
  const { APP_ENVIRONMENT } = await import("../support/processes");
  const token = await decode({ token: sessionIn(admin), secret: APP_ENVIRONMENT.NEXTAUTH_SECRET as string });
  expect(String(token?.session)).toMatch(/^[\w-]{43}$/);
  expect(rows.map(({ row }) => row).join()).not.toContain(String(token?.session));
});
