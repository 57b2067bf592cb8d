/**
 * Single sign-on against a real OpenID provider: who gets in, by what proof, and what is written down about everybody else.
 * Long because it is a matrix: algorithms, people, forged tokens, on one provider and one app.
 */
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { StaffAction } from "@/lib/contract/staff";
import {
  type Algorithm,
  CLIENT,
  type IdentityProvider,
  type Spoil,
  startIdentityProvider,
} from "../support/identity-provider";
import { openApp, type SharedApp } from "../support/shared-app";
import { attemptSignIn, signIn } from "../support/sign-in";
import { comeBack, expectRefused, Jar, signInAtProvider, singleSignOn, startSignIn } from "../support/single-sign-on";

let app: SharedApp;
let provider: IdentityProvider;
let admin: string;

beforeAll(async () => {
  provider = await startIdentityProvider();
  app = await openApp({
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: CLIENT.id,
    OIDC_CLIENT_SECRET: CLIENT.secret,
    TRUSTED_PROXIES: "127.0.0.0/8,::1/128",
    // The issuer is on this machine and needs no allowance; other local servers must not be reached.
    EGRESS_ALLOW_PRIVATE: "",
  });
  provider.register(`${app.url}/api/auth/callback/oidc`);
  admin = await signIn(app.url, app.adminEmail, app.adminPassword);
  await app.sql`insert into staff_users (email, name, role, disabled_at) values
    ('verified@example.com', 'Vera', 'support', null),
    ('userinfo@example.com', 'Uma', 'viewer', null),
    ('disabled@example.com', 'Dora', 'admin', now())`;
}, 300_000);
afterAll(async () => {
  await app?.close();
  await provider?.close();
});
beforeEach(async () => {
  await app.sql`delete from staff_actions where action = 'sign_in.refuse'`;
  await app.sql`delete from sign_in_refusals`;
});
afterEach(() => {
  provider.signWith("RS256");
  provider.spoilIdToken();
  provider.spoilDiscovery();
  provider.answerAll();
});

async function ask(path: string, cookie: string | Jar, method = "GET", body?: unknown) {
  const response = await fetch(`${app.url}${path}`, {
    method,
    headers: { cookie: `${cookie}`, "sec-fetch-site": "same-origin", "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : undefined };
}

async function refusals(): Promise<StaffAction[]> {
  const { body } = await ask("/api/audit?action=sign_in.refuse", admin);
  return body.actions;
}

describe("before the provider is as it should be", () => {
  test("a provider that is down, or that is another, was a page without a reason: it is said, and mends itself", async () => {
    provider.answerAll(503);
    expect(await startSignIn(app.url, new Jar())).toBe("/sign-in?error=SingleSignOn.provider_down");
    provider.answerAll();
    provider.spoilDiscovery({ issuer: "https://other.example.com" });
    await expect
      .poll(() => startSignIn(app.url, new Jar()), { timeout: 20_000, interval: 500 })
      .toBe("/sign-in?error=SingleSignOn.misconfigured");
    provider.spoilDiscovery();
    await expect
      .poll(() => startSignIn(app.url, new Jar()), { timeout: 20_000, interval: 500 })
      .toMatch(new RegExp(`^${provider.issuer}/auth\\?`));
    expect(app.output()).toContain("its discovery document names https://other.example.com");
    expect((await refusals()).map(({ details }) => details.reason)).toEqual(["misconfigured", "provider_down"]);
  });
});

describe("who gets in", () => {
  test.each<Algorithm>(["RS256", "ES256", "EdDSA"])(
    "an ID token signed with %s was refused unless it was RS256",
    async (algorithm) => {
      provider.signWith(algorithm);
      const { response, jar } = await singleSignOn(app.url, "verified");
      expect(response.headers.get("location")).toBe(`${app.url}/events`);
      expect((await ask("/api/webhooks/events", jar)).status).toBe(200);
      expect(jar.names.filter((name) => name.startsWith("next-auth.") && !/csrf|callback-url/.test(name))).toEqual([]);
    },
  );

  test("an e-mail that only UserInfo knows let nobody in", async () => {
    const { jar } = await singleSignOn(app.url, "userinfo");
    expect((await ask("/api/webhooks/events", jar)).status).toBe(200);
  });

  test("an address in capitals is the same person's", async () => {
    const { jar } = await singleSignOn(app.url, "capitals");
    expect((await ask("/api/sessions", jar)).status).toBe(200);
  });

  test.each([
    ["stranger", "not_invited"],
    ["disabled", "disabled"],
    ["unverified", "email_unverified"],
    ["userinfo-unverified", "email_unverified"],
    ["silent", "email_verified_missing"],
    ["text", "email_verified_not_boolean"],
    ["number", "email_verified_not_boolean"],
    ["nameless", "email_missing"],
  ])(
    "the person %s was let in, or refused without a word: %s, in the audit log once an hour",
    async (login, reason) => {
      for (let times = 0; times < 2; times += 1) {
        const { response, jar } = await singleSignOn(app.url, login, { "x-forwarded-for": "198.51.100.7" });
        expectRefused(response, reason);
        expect((await ask("/api/webhooks/events", jar)).status).toBe(401);
      }
      const rows = await refusals();
      expect(rows.map(({ details }) => details)).toEqual([{ reason, address: "198.51.100.7" }]);
      expect(app.output()).toContain(`"reason":"${reason}","ip":"198.51.100.7"`);
      const known = {
        stranger: "stranger@example.com",
        disabled: "disabled@example.com",
        nameless: "an unknown account",
      };
      if (login in known) expect(rows[0]?.subject).toBe(known[login as "stranger"]);
    },
  );

  test("who is invited gets in without the link, and the link opens nothing any more", async () => {
    const invited = await ask("/api/staff", admin, "POST", { email: "stranger@example.com", role: "viewer" });
    const token = new URL(invited.body.invitation.url).pathname.split("/").at(-1) as string;
    const { jar } = await singleSignOn(app.url, "stranger");
    expect((await ask("/api/webhooks/events", jar)).status).toBe(200);
    const accepted = await ask("/api/invitations/accept", "", "POST", {
      token,
      name: "Eve",
      password: "a long enough password",
    });
    expect(accepted.status).toBe(404);
    await app.sql`delete from staff_users where email = 'stranger@example.com'`;
  });
});

describe("a session that began with single sign-on", () => {
  test("is written down with its way, and ends by signing out, by a role, and by disabling [S23]", async () => {
    const [row] =
      await app.sql`insert into staff_users (email, name, role) values ('stranger@example.com', 'Stan', 'viewer')
      returning id`;
    const first = await singleSignOn(app.url, "stranger", { "x-forwarded-for": "198.51.100.20" });
    const [started] = await app.sql`select details from staff_actions
      where action = 'session.start' and actor_id = ${row?.id}`;
    expect(started?.details).toMatchObject({ method: "single sign-on", address: "198.51.100.20" });
    expect(app.output()).toMatch(/"event":"sign_in",.*"decision":"signed_in","method":"oidc"/);

    const second = await singleSignOn(app.url, "stranger");
    expect((await ask("/api/sessions", second.jar)).body.sessions).toHaveLength(2);
    await ask(`/api/staff/${row?.id}`, admin, "PATCH", { role: "support" });
    for (const { jar } of [first, second]) expect((await ask("/api/sessions", jar)).status).toBe(401);

    const third = await singleSignOn(app.url, "stranger");
    expect((await ask("/api/sessions", third.jar, "DELETE")).status).toBe(200);
    expect((await ask("/api/sessions", third.jar)).status).toBe(401);

    const fourth = await singleSignOn(app.url, "stranger");
    await ask(`/api/staff/${row?.id}`, admin, "PATCH", { disabled: true });
    expect((await ask("/api/sessions", fourth.jar)).status).toBe(401);
    expectRefused((await singleSignOn(app.url, "stranger")).response, "disabled");
    await app.sql`delete from staff_users where id = ${row?.id}`;
  });

  test("replaces the one that the browser had before [S22]", async () => {
    const jar = new Jar();
    await comeBack(await signInAtProvider(await startSignIn(app.url, jar), "verified"), jar);
    const before = jar.copy();
    await comeBack(await signInAtProvider(await startSignIn(app.url, jar), "verified"), jar);
    expect((await ask("/api/sessions", before)).status).toBe(401);
    expect((await ask("/api/sessions", jar)).status).toBe(200);
  });

  test("makes its address a familiar one, which others' guesses do not delay", async () => {
    const sent = { "x-forwarded-for": "198.51.100.30" };
    await singleSignOn(app.url, "verified", sent);
    await app.sql`insert into sign_in_guesses (kind, account, network, is_familiar, booked_at)
      select 'password', 'verified@example.com', '203.0.113.' || n, false, clock_timestamp() from generate_series(1, 15) n`;
    const status = async (address: string) =>
      (await attemptSignIn(app.url, "verified@example.com", "wrong", { "x-forwarded-for": address })).response.status;
    expect([await status("198.51.100.30"), await status("198.51.100.31")]).toEqual([401, 429]);
    await app.sql`delete from sign_in_guesses`;
  });
});

const seconds = () => Math.floor(Date.now() / 1000);
const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
const hs256 = async (claims: Record<string, unknown>, secret: string, kid?: string) => {
  const { createHmac } = await import("node:crypto");
  const signed = `${encoded({ alg: "HS256", typ: "JWT", kid })}.${encoded(claims)}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
};

describe("an ID token that proves nothing", () => {
  test.each<[string, string, Spoil]>([
    ["of another issuer", "wrong_issuer", (claims, { sign }) => sign({ ...claims, iss: "https://evil.example.com" })],
    ["for another application", "wrong_audience", (claims, { sign }) => sign({ ...claims, aud: "another" })],
    [
      "for two, handed to the other",
      "wrong_audience",
      (claims, { sign }) => sign({ ...claims, aud: [CLIENT.id, "another"], azp: "another" }),
    ],
    ["of another sign-in", "wrong_nonce", (claims, { sign }) => sign({ ...claims, nonce: "another" })],
    ["without a nonce", "bad_token", ({ nonce: _, ...claims }, { sign }) => sign(claims)],
    ["without an end", "bad_token", ({ exp: _, ...claims }, { sign }) => sign(claims)],
    ["that has expired", "wrong_time", (claims, { sign }) => sign({ ...claims, exp: seconds() - 70 })],
    [
      "from the future",
      "wrong_time",
      (claims, { sign }) => sign({ ...claims, iat: seconds() + 90, exp: seconds() + 900 }),
    ],
    ["that is not good yet", "wrong_time", (claims, { sign }) => sign({ ...claims, nbf: seconds() + 90 })],
    ["signed with another key", "bad_signature", (claims, { signWithAnotherKey }) => signWithAnotherKey(claims)],
    ["that says alg none", "wrong_algorithm", (claims) => `${encoded({ alg: "none" })}.${encoded(claims)}.`],
    [
      "that says alg None",
      "wrong_algorithm",
      (claims) => `${encoded({ alg: "None", kid: "key of RS256" })}.${encoded(claims)}.`,
    ],
    ["signed with HS256 and the client's secret", "wrong_algorithm", (claims) => hs256(claims, CLIENT.secret)],
    [
      "signed with HS256 and the public key",
      "wrong_algorithm",
      (claims, { publicKeys }) => hs256(claims, publicKeys[0] as string, "key of RS256"),
    ],
    [
      "signed with HS256 and the public key as JWK",
      "wrong_algorithm",
      (claims, { publicKeys }) => hs256(claims, publicKeys[2] as string),
    ],
    ["that is no token", "bad_token", () => "no.token"],
  ])("one %s is refused as %s", async (_, reason, spoil) => {
    provider.spoilIdToken(spoil);
    expectRefused((await singleSignOn(app.url, "verified")).response, reason);
    expect((await refusals()).map(({ details }) => details.reason)).toEqual([reason]);
  });

  test("a clock that is half a minute off is not refused", async () => {
    provider.spoilIdToken((claims, { sign }) => sign({ ...claims, iat: seconds() + 30, exp: seconds() - 30 }));
    const { jar } = await singleSignOn(app.url, "verified");
    expect((await ask("/api/sessions", jar)).status).toBe(200);
  });
});

describe("a way back that is not this browser's", () => {
  test("a callback that was used signs nobody in again: in the same browser, nor put together again", async () => {
    const { callbackUrl, jar, before } = await singleSignOn(app.url, "verified");
    expectRefused(await comeBack(callbackUrl, jar.copy()), "started_elsewhere");
    expectRefused(await comeBack(callbackUrl, before), "code_refused");
  });

  test("somebody else's callback, opened in a browser that began its own or none, signs nobody in", async () => {
    const theirs = await signInAtProvider(await startSignIn(app.url, new Jar()), "verified");
    expectRefused(await comeBack(theirs, new Jar()), "started_elsewhere");
    const victim = new Jar();
    const own = await startSignIn(app.url, victim);
    expectRefused(await comeBack(theirs, victim.copy()), "started_elsewhere");
    // Nor with the state replaced: the code belongs to another PKCE challenge.
    const mixed = new URL(theirs);
    mixed.searchParams.set("state", new URL(own).searchParams.get("state") ?? "");
    expectRefused(await comeBack(mixed.href, victim), "code_refused");
  });

  test("an answer that names another issuer is refused before its code is sent anywhere", async () => {
    const jar = new Jar();
    const callback = new URL(await signInAtProvider(await startSignIn(app.url, jar), "verified"));
    callback.searchParams.set("iss", "https://evil.example.com");
    const before = provider.asked.get("/token");
    expectRefused(await comeBack(callback.href, jar), "wrong_issuer");
    expect(provider.asked.get("/token")).toBe(before);
  });

  test("the provider's no is told, and only when this browser had asked; its text is not repeated", async () => {
    const jar = new Jar();
    const state = new URL(await startSignIn(app.url, jar)).searchParams.get("state");
    const callback = `${app.url}/api/auth/callback/oidc?error=access_denied&error_description=canary-description`;
    expectRefused(await comeBack(callback, new Jar()), "started_elsewhere");
    expectRefused(await comeBack(`${callback}&state=${state}`, jar), "cancelled");
    const again = new Jar();
    const other = new URL(await startSignIn(app.url, again)).searchParams.get("state");
    expectRefused(
      await comeBack(`${app.url}/api/auth/callback/oidc?error=%22%0Aline&state=${other}`, again),
      "provider_error",
    );
    expect(app.output()).not.toContain("canary-description");
  });
});

describe("what the provider may make Redrive do", () => {
  let connections = 0;
  const canary = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  beforeAll(async () => void (await once(canary.listen(0, "127.0.0.1"), "listening")));
  afterAll(() => canary.close());

  test("an endpoint in the own network that only its document names is not asked [S01]", async () => {
    provider.answerAll(500);
    expectRefused((await failing()).response, "provider_down");
    provider.answerAll();
    provider.spoilDiscovery({ userinfo_endpoint: `http://127.0.0.1:${(canary.address() as AddressInfo).port}/me` });
    expectRefused((await singleSignOn(app.url, "userinfo")).response, "misconfigured");
    expect(connections).toBe(0);
    provider.spoilDiscovery();
    const { jar } = await singleSignOn(app.url, "userinfo");
    expect((await ask("/api/sessions", jar)).status).toBe(200);
  });

  /** A sign-in whose provider fails before the code is exchanged, so that its discovery document is fetched again. */
  async function failing() {
    provider.answerAll();
    const jar = new Jar();
    const callback = await signInAtProvider(await startSignIn(app.url, jar), "verified");
    provider.answerAll(500);
    return { response: await comeBack(callback, jar) };
  }

  test("no secret, code or token of a sign-in is in the log [S18]", async () => {
    const { callbackUrl } = await singleSignOn(app.url, "verified");
    const { searchParams } = new URL(callbackUrl);
    for (const secret of [CLIENT.secret, searchParams.get("code"), searchParams.get("state")]) {
      expect(secret).toBeTruthy();
      expect(app.output()).not.toContain(secret);
    }
    expect(app.output()).not.toMatch(/eyJ[\w-]{10,}\./);
  });

  test("a flood of callbacks from many addresses leaves twenty lines an hour in the audit log, and says how many it left out", async () => {
    const callback = `${app.url}/api/auth/callback/oidc?code=x&state=y`;
    for (let part = 0; part < 10; part += 1) {
      const answers = await Promise.all(
        Array.from({ length: 24 }, (_, n) =>
          comeBack(callback, new Jar(), { "x-forwarded-for": `203.0.${part}.${n}` }),
        ),
      );
      for (const answer of answers) expectRefused(answer, "started_elsewhere");
    }
    // Whose account it is was not said, so all of them are one.
    const rows = await app.sql`
      select details ->> 'left_out' as left_out from staff_actions
      where action = 'sign_in.refuse' and subject = 'an unknown account'`;
    const summed = rows.flatMap(({ left_out }) => left_out ?? []);
    expect(rows.length - summed.length).toBe(20);
    expect(summed.sort()).toEqual(["1", "10", "100"]);
  });
});
