/**
 * API tokens: what each scope opens, who may give it, and how a token ends.
 * Long because it is one story per rule about tokens.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hashPassword } from "@/lib/auth/password";
import { SCOPE_NAMES, type Scope } from "@/lib/contract/scopes";
import type { ApiToken, NewApiToken } from "@/lib/contract/staff";
import { tokenFor } from "../support/processes";
import { openApp, type SharedApp } from "../support/shared-app";
import { signIn } from "../support/sign-in";

let app: SharedApp;
let admin: string;

beforeAll(async () => {
  app = await openApp();
  admin = await signIn(app.url, app.adminEmail, app.adminPassword);
}, 300_000);
afterAll(() => app?.close());

async function ask(
  method: string,
  path: string,
  { token, cookie, body }: { token?: string; cookie?: string; body?: unknown } = {},
) {
  const who: Record<string, string> = token
    ? { authorization: `Bearer ${token}` }
    : { cookie: cookie ?? admin, "sec-fetch-site": "same-origin" };
  const response = await fetch(`${app.url}${path}`, {
    method,
    headers: { ...who, "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function make(scopes: Scope[], cookie = admin): Promise<NewApiToken> {
  const made = await ask("POST", "/api/tokens", { cookie, body: { name: "a test", scopes, expires_in_days: 30 } });
  expect(made.status).toBe(201);
  return made.body as unknown as NewApiToken;
}

const listed = async (id: string): Promise<ApiToken | undefined> =>
  ((await ask("GET", "/api/tokens")).body.tokens as ApiToken[]).find((one) => one.id === id);

const reads = (token: string) => ask("GET", "/api/webhooks/events", { token }).then(({ status }) => status);

describe("a scope", () => {
  /** One request per permission that has a route, and its answer to a caller with that permission. */
  const REQUESTS = {
    view: ["GET", "/api/webhooks/events", undefined, 200],
    resolve: ["POST", "/api/webhooks/events/resolve", { event_ids: ["we_999999"], reason: "a test" }, 409],
    replay: ["POST", "/api/webhooks/replay/stripe/evt_none", {}, 404],
    replay_many: [
      "POST",
      "/api/webhooks/replay-query",
      { provider_slug: "smartlead", from_ts: "2026-02-16T00:00:00Z", to_ts: "2026-02-16T01:00:00Z" },
      404,
    ],
    reconcile: ["POST", "/api/reconciliations/rc_999999/cancel", undefined, 404],
    incident: ["POST", "/api/incidents/in_999999/notes", { message: "a test" }, 404],
    alert: ["POST", "/api/alerts/al_999999/acknowledge", {}, 404],
    metrics: ["GET", "/api/health/deep", undefined, 200],
    manage: ["GET", "/api/audit", undefined, 200],
  } as const;
  const OPENS: Record<Scope, (keyof typeof REQUESTS)[]> = {
    "events:read": ["view", "metrics"],
    "events:resolve": ["resolve"],
    "events:publish": [],
    "replays:write": ["replay"],
    "replays:bulk": ["replay", "replay_many"],
    "destinations:operate": [],
    "reconciliation:write": ["reconcile"],
    "incidents:write": ["incident"],
    "alerts:write": ["alert"],
    "metrics:read": ["metrics"],
    manage: ["manage"],
  };

  test.each(SCOPE_NAMES)("%s opens what it names and nothing else [S33]", async (scope) => {
    const { token } = await make([scope]);
    for (const [permission, [method, path, body, status]] of Object.entries(REQUESTS)) {
      const may = (OPENS[scope] as string[]).includes(permission);
      const answer = await ask(method, path, { token, body });
      expect([permission, answer.status]).toEqual([permission, may ? status : 403]);
      if (!may) expect(answer.body.detail).toMatch(/^The token lacks the scope /);
    }
  });

  test("is added to another, not multiplied by it", async () => {
    const { token } = await make(["events:read", "replays:write"]);
    expect(await reads(token)).toBe(200);
    const filter = { selection: { filter: { status: ["dead"] } }, reason: "all of them" };
    expect((await ask("POST", "/api/webhooks/replays", { token, body: filter })).status).toBe(403);
    expect((await ask("POST", "/api/webhooks/dlq", { token, body: { retry_all: true } })).status).toBe(403);
  });

  test("that we do not know opens nothing", async () => {
    const body = { name: "x", scopes: ["root"], expires_in_days: 1 };
    expect((await ask("POST", "/api/tokens", { body })).status).toBe(400);
    const { token, api_token } = await make(["events:read"]);
    await app.sql`update api_tokens set scopes = '{constructor,events:everything}' where 'tk_' || id = ${api_token.id}`;
    expect(await reads(token)).toBe(403);
  });
});

describe("a token with the scope manage", () => {
  test("gives nobody more rights than it has", async () => {
    const { token } = await make(["manage", "events:read"]);
    const order = (scopes: Scope[]) => ({ token, body: { name: "child", scopes, expires_in_days: 1 } });
    const refused = await ask("POST", "/api/tokens", order(["events:read", "replays:bulk"]));
    expect([refused.status, refused.body.field]).toEqual([403, "scopes"]);
    expect((await ask("POST", "/api/tokens", order(["events:read", "manage"]))).status).toBe(201);

    const invite = (role: string) => ({ token, body: { email: `${role}-by-token@example.com`, role } });
    expect((await ask("POST", "/api/staff", invite("admin"))).status).toBe(403);
    expect((await ask("POST", "/api/staff", invite("support"))).status).toBe(403);
    expect((await ask("POST", "/api/staff", invite("viewer"))).status).toBe(201);
  });

  test("acts on nobody who may more: no new password for an administrator, no promotion", async () => {
    const { token } = await make(["manage", "events:read"]);
    const [row] = await app.sql`insert into staff_users (email, name, role, password_hash)
      values ('other-admin@example.com', 'Other', 'admin', 'x') returning id`;
    expect((await ask("POST", `/api/staff/${row?.id}/invitation`, { token })).status).toBe(403);
    expect((await ask("PATCH", `/api/staff/${row?.id}`, { token, body: { disabled: true } })).status).toBe(403);
    const viewer = await ask("POST", "/api/staff", { token, body: { email: "v@example.com", role: "viewer" } });
    const { id } = viewer.body.staff as { id: string };
    expect((await ask("PATCH", `/api/staff/${id}`, { token, body: { role: "admin" } })).status).toBe(403);
    expect((await ask("PATCH", `/api/staff/${id}`, { token, body: { disabled: true } })).status).toBe(200);
  });
});

describe("a token", () => {
  test("is shown once, listed by its last characters, and says to the minute when it was used", async () => {
    const { token, api_token } = await make(["events:read"]);
    expect(token).toMatch(/^rd_[\w-]{43}$/);
    expect(api_token).toMatchObject({ status: "active", last_used_at: null, hint: token.slice(-4) });
    expect(await reads(token)).toBe(200);
    const used = (await listed(api_token.id))?.last_used_at;
    expect(Date.now() - Date.parse(String(used))).toBeLessThan(10_000);
    await reads(token);
    expect((await listed(api_token.id))?.last_used_at).toBe(used);
    await app.sql`update api_tokens set last_used_at = now() - interval '61 seconds' where 'tk_' || id = ${api_token.id}`;
    await reads(token);
    expect(Date.parse(String((await listed(api_token.id))?.last_used_at))).toBeGreaterThanOrEqual(
      Date.parse(String(used)),
    );
  });

  test("that was revoked is dead on the next request; revoking again changes nothing [S33]", async () => {
    const { token, api_token } = await make(["events:read"]);
    expect(await reads(token)).toBe(200);
    const revoked = await ask("DELETE", `/api/tokens/${api_token.id}`);
    expect(revoked.body).toMatchObject({ status: "revoked", revoked_at: expect.any(String) });
    const refused = await ask("GET", "/api/webhooks/events", { token });
    expect([refused.status, refused.body.detail]).toEqual([401, "The token was revoked."]);
    expect((await ask("DELETE", `/api/tokens/${api_token.id}`)).body.revoked_at).toBe(revoked.body.revoked_at);
    expect(await app.sql`select action from staff_actions where subject = ${api_token.id} order by id`).toEqual([
      { action: "token.create" },
      { action: "token.revoke" },
    ]);
  });

  test("that has expired is dead; none lives longer than a year, or for ever [S33]", async () => {
    const { token, api_token } = await make(["events:read"]);
    await app.sql`update api_tokens set created_at = now() - interval '2 days', expires_at = now() - interval '1 second'
      where 'tk_' || id = ${api_token.id}`;
    const refused = await ask("GET", "/api/webhooks/events", { token });
    expect([refused.status, refused.body.detail]).toEqual([401, "The token has expired: make a new one."]);
    for (const expires_in_days of [366, 0, -1, 1.5, null, undefined]) {
      const body = { name: "x", scopes: ["events:read"], expires_in_days };
      expect((await ask("POST", "/api/tokens", { body })).body, String(expires_in_days)).toMatchObject({
        status: 400,
        field: "expires_in_days",
      });
    }
    const widened = {
      name: "x",
      scopes: ["events:read"],
      expires_in_days: 1,
      owner_id: null,
      expires_at: "2099-01-01",
    };
    expect((await ask("POST", "/api/tokens", { body: widened })).status).toBe(400);
  });

  test("may nothing that whoever made it may not do any more", async () => {
    const password = "a long enough password";
    const [row] = await app.sql`insert into staff_users (email, name, role, password_hash)
      values ('maker@example.com', 'Mia Maker', 'admin', ${await hashPassword(password)}) returning id`;
    const cookie = await signIn(app.url, "maker@example.com", password);
    const { token, api_token } = await make(["events:read", "manage"], cookie);
    const { token: child } = (
      await ask("POST", "/api/tokens", { token, body: { name: "child", scopes: ["events:read"], expires_in_days: 1 } })
    ).body as unknown as NewApiToken;
    expect((await ask("GET", "/api/audit", { token })).status).toBe(200);

    await ask("PATCH", `/api/staff/${row?.id}`, { body: { role: "support" } });
    expect((await ask("GET", "/api/audit", { token })).status).toBe(403);
    expect(await reads(token)).toBe(200);

    // The state left by disabling a person before the question about their tokens existed.
    await app.sql`update staff_users set disabled_at = now() where id = ${row?.id}`;
    expect([await reads(token), await reads(child)]).toEqual([401, 401]);
    expect((await listed(api_token.id))?.status).toBe("owner_disabled");
    await ask("PATCH", `/api/staff/${row?.id}`, { body: { disabled: false } });
    expect([await reads(token), await reads(child)]).toEqual([200, 200]);
  });

  test.each([
    ["cut short", (token: string) => token.slice(0, -1)],
    ["with one character more", (token: string) => `${token}A`],
    ["in capitals", (token: string) => token.toUpperCase()],
    ["without its prefix", (token: string) => token.slice(3)],
    ["of the prefix alone", () => "rd_"],
  ])("%s opens nothing", async (_name, change) => {
    const { token } = await make(["events:read"]);
    expect(await reads(change(token))).toBe(401);
  });

  test("of the command line goes on working beside them", async () => {
    expect(await reads(await tokenFor("viewer"))).toBe(200);
    const made = await ask("POST", "/api/tokens", {
      token: await tokenFor("super_admin"),
      body: { name: "by ops", scopes: ["manage"], expires_in_days: 1 },
    });
    expect((await ask("GET", "/api/audit", { token: String(made.body.token) })).status).toBe(200);
  });
});

describe("a token that a person made", () => {
  const password = "a long enough password";
  async function maker(email: string) {
    const [row] = await app.sql`insert into staff_users (email, name, role, password_hash)
      values (${email}, ${email.split("@")[0] as string}, 'admin', ${await hashPassword(password)}) returning id`;
    return { id: String(row?.id), cookie: await signIn(app.url, email, password) };
  }

  test("does nothing to that person's account that the person may not: role, disabling, link, sessions", async () => {
    const { id, cookie } = await maker("own@example.com");
    const { token } = await make(SCOPE_NAMES.slice(), cookie);
    const { token: child } = (
      await ask("POST", "/api/tokens", { token, body: { name: "child", scopes: SCOPE_NAMES, expires_in_days: 1 } })
    ).body as unknown as NewApiToken;
    for (const bearer of [token, child]) {
      for (const [method, path, body] of [
        ["PATCH", `/api/staff/${id}`, { role: "viewer" }],
        ["PATCH", `/api/staff/${id}`, { disabled: true, tokens: "revoke" }],
        ["POST", `/api/staff/${id}/invitation`, undefined],
        ["DELETE", `/api/staff/${id}/sessions`, undefined],
      ] as const) {
        const answer = await ask(method, path, { token: bearer, body });
        expect([method, path, answer.status, answer.body.title]).toEqual([
          method,
          path,
          409,
          "You cannot change your own account here.",
        ]);
      }
    }
    expect((await ask("GET", "/api/staff", { cookie })).status).toBe(200);
  });

  test("takes with it, when it is revoked, every token that was made with it", async () => {
    const { token, api_token } = await make(["manage", "events:read"]);
    const made = async (bearer: string) =>
      (
        await ask("POST", "/api/tokens", {
          token: bearer,
          body: { name: "child", scopes: ["manage", "events:read"], expires_in_days: 1 },
        })
      ).body as unknown as NewApiToken;
    const child = await made(token);
    const grandchild = await made(child.token);
    expect([await reads(child.token), await reads(grandchild.token)]).toEqual([200, 200]);
    await ask("DELETE", `/api/tokens/${api_token.id}`);
    expect([await reads(token), await reads(child.token), await reads(grandchild.token)]).toEqual([401, 401, 401]);
    const log = await app.sql`select subject from staff_actions where action = 'token.revoke' order by id desc limit 3`;
    expect(log.map(({ subject }) => subject).sort()).toEqual(
      [api_token.id, child.api_token.id, grandchild.api_token.id].sort(),
    );
  });

  test("is asked about when the person is disabled: nothing happens without an answer", async () => {
    const { id, cookie } = await maker("leaver@example.com");
    const { token } = await make(["events:read"], cookie);
    const refused = await ask("PATCH", `/api/staff/${id}`, { body: { disabled: true } });
    expect([refused.status, refused.body.field, refused.body.title]).toEqual([
      409,
      "tokens",
      "This person has API tokens that work.",
    ]);
    expect([await reads(token), (await ask("GET", "/api/staff", { cookie })).status]).toEqual([200, 200]);

    const viewer = await app.sql`insert into staff_users (email, name, role, password_hash)
      values ('heir-viewer@example.com', 'V', 'viewer', 'x') returning id`;
    for (const heir of [id, String(viewer[0]?.id), "00000000-0000-4000-8000-000000000000"]) {
      const answer = await ask("PATCH", `/api/staff/${id}`, {
        body: { disabled: true, tokens: { hand_over_to: heir } },
      });
      expect([answer.status, answer.body.field]).toEqual([409, "tokens"]);
    }
    for (const tokens of ["keep", null, { hand_over_to: "me" }, { hand_over_to: id, more: 1 }]) {
      expect((await ask("PATCH", `/api/staff/${id}`, { body: { disabled: true, tokens } })).status).toBe(400);
    }
    expect((await ask("PATCH", `/api/staff/${id}`, { body: { disabled: true, tokens: "revoke" } })).status).toBe(200);
    expect(await reads(token)).toBe(401);
    await ask("PATCH", `/api/staff/${id}`, { body: { disabled: false } });
    expect(await reads(token)).toBe(401);
  });

  test("is handed over with no more rights than it had, and that is written down", async () => {
    const { id, cookie } = await maker("hander@example.com");
    const { token: reader, api_token } = await make(["events:read", "manage"], cookie);
    const { token: manager, api_token: ended } = await make(["manage"], cookie);
    // The person's role is support now: the scope manage has no effect, and must not return with the new owner.
    await ask("PATCH", `/api/staff/${id}`, { body: { role: "support" } });
    const heir = await maker("heir@example.com");
    const disabled = await ask("PATCH", `/api/staff/${id}`, {
      body: { disabled: true, tokens: { hand_over_to: heir.id } },
    });
    expect(disabled.body).toMatchObject({ status: "disabled", active_tokens: 0 });
    expect([await reads(reader), (await ask("GET", "/api/audit", { token: reader })).status]).toEqual([200, 403]);
    expect((await ask("GET", "/api/audit", { token: manager })).status).toBe(401);
    expect(await listed(api_token.id)).toMatchObject({
      scopes: ["events:read"],
      owner_role: "admin",
      status: "active",
    });
    const log = await app.sql`select action, details from staff_actions
      where subject in (${api_token.id}, ${ended.id}) and action <> 'token.create' order by subject`;
    expect(log).toEqual([
      {
        action: "token.hand_over",
        details: { name: "a test", from: "hander@example.com", to: "heir@example.com" },
      },
      { action: "token.revoke", details: { name: "a test" } },
    ]);
    // From now on its new owner limits it.
    await ask("PATCH", `/api/staff/${heir.id}`, { body: { disabled: true, tokens: "revoke" } });
    expect(await reads(reader)).toBe(401);
  });
});

test("whoever reads the whole database has no token and no link to use [S33]", async () => {
  const { token } = await make(["manage"]);
  const invited = await ask("POST", "/api/staff", { body: { email: "kim@example.com", role: "admin" } });
  const link = String((invited.body.invitation as { url: string }).url);
  const secrets = [token.slice(3), link.split("/").at(-1) as string];
  const tables = await app.sql`select tablename from pg_tables where schemaname = 'public'`;
  const dump: string[] = [];
  for (const { tablename } of tables) {
    const rows = await app.sql`select to_jsonb(t)::text as row from ${app.sql(tablename)} t`;
    dump.push(...rows.map(({ row }) => String(row)));
  }
  const text = dump.join("\n");
  expect(text).toContain("kim@example.com");
  for (const secret of secrets) {
    expect(text.includes(secret)).toBe(false);
    expect(text.includes(Buffer.from(secret).toString("hex"))).toBe(false);
    expect(text.includes(Buffer.from(secret, "base64url").toString("hex"))).toBe(false);
    expect(app.output().includes(secret)).toBe(false);
  }
  expect(text).toContain(`\\\\x`);
});
