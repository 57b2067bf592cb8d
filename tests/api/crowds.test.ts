/** Many requests of one caller: webhooks do not wait for them, other callers are served, and rejecting them is cheap. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hashPassword } from "@/lib/auth/password";
import { requestOf } from "../fixtures/sign";
import { openApp, type SharedApp } from "../support/shared-app";
import { attemptSignIn, signIn } from "../support/sign-in";

const PASSWORD = "a long enough password";
const OWNER = "owner@example.com";

let app: SharedApp;

beforeAll(async () => {
  app = await openApp({ TRUSTED_PROXIES: "127.0.0.0/8,::1/128" });
  await app.sql`insert into staff_users (email, name, role, password_hash)
    values (${OWNER}, 'Olga Owner', 'support', ${await hashPassword(PASSWORD)})`;
  // The first page of a process waits until it is compiled.
  await fetch(`${app.url}/sign-in`).then((response) => response.text());
  await webhook();
}, 300_000);
afterAll(async () => {
  await app?.close();
});

const from = (address: string) => ({ "x-forwarded-for": address });

async function webhook(tampered = false): Promise<number> {
  const request = requestOf("standard", { type: "crowd.test", data: {} }, { id: randomUUID(), tampered });
  const headers = [...request.headers] as [string, string][];
  const response = await fetch(`${app.url}${request.path}`, {
    method: "POST",
    headers,
    body: new Uint8Array(request.body),
  });
  await response.text();
  return response.status;
}

/** Sends so many requests at once; counts those that are answered. */
function crowd(number: number, send: (n: number) => Promise<Response>) {
  const state = { answered: 0, over: undefined as unknown as Promise<number[]> };
  state.over = Promise.all(
    Array.from({ length: number }, async (_, n) => {
      const response = await send(n);
      await response.arrayBuffer();
      state.answered += 1;
      return response.status;
    }),
  );
  return state;
}

test("A crowd that asks for a page does not make webhooks wait until it is served", async () => {
  const pages = crowd(240, () => fetch(`${app.url}/sign-in`, { headers: from("198.51.100.1") }));
  for (let n = 0; n < 3; n += 1) expect(await webhook()).toBe(200);
  expect(pages.answered).toBeLessThan(200);
  expect(new Set(await pages.over)).toEqual(new Set([200]));
});

test("A crowd of one address is told to come back, and nobody else is", async () => {
  const pages = crowd(320, () => fetch(`${app.url}/sign-in`, { headers: from("198.51.100.2") }));
  const other = await fetch(`${app.url}/sign-in`, { headers: from("198.51.100.3") });
  expect(other.status).toBe(200);
  const health = await fetch(`${app.url}/api/webhooks/health`, { headers: from("198.51.100.2") });
  expect(health.status).toBe(200);
  expect(pages.answered).toBeLessThan(320);
  const statuses = await pages.over;
  expect(new Set(statuses)).toEqual(new Set([200, 429]));
  const refused = statuses.filter((status) => status === 429).length;
  expect(refused).toBeLessThanOrEqual(320 - 256);
});

test("What one address sends too much of is refused as a problem with Retry-After", async () => {
  const answers = await Promise.all(
    Array.from({ length: 300 }, () => fetch(`${app.url}/api/audit`, { headers: from("198.51.100.4") })),
  );
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  for (const answer of refused) {
    expect(answer.headers.get("retry-after")).toBe("1");
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(await answer.json()).toMatchObject({ title: "Too many requests from your address are waiting." });
  }
});

test("A person signs in beside 120 parallel guesses of somebody else [S21]", async () => {
  const guesses = crowd(
    120,
    async (n) => (await attemptSignIn(app.url, `n${n}@example.com`, "wrong", from("198.51.100.5"))).response,
  );
  const { response } = await attemptSignIn(app.url, OWNER, PASSWORD, from("203.0.113.5"));
  expect(response.status).toBe(200);
  expect(guesses.answered).toBeLessThan(120);
  await guesses.over;
});

test("Guesses of an address at its limit are told so before they are read, until an administrator lifts it [S21]", async () => {
  const address = "198.51.100.6";
  await app.sql`insert into sign_in_guesses (kind, account, network, is_familiar, booked_at)
    select 'password', 'n' || n || '@example.com', ${address}, false, clock_timestamp() from generate_series(1, 20) n`;
  const guess = async () => (await attemptSignIn(app.url, OWNER, PASSWORD, from(address))).response;
  const [first, second] = [await guess(), await guess()];
  for (const answer of [first, second]) {
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(600);
    const { url } = (await answer.json()) as { url: string };
    expect(new URL(url).searchParams.get("error")).toBe(`TooManyAttempts.${answer.headers.get("retry-after")}`);
  }
  const cookie = await signIn(app.url, app.adminEmail, app.adminPassword, from("203.0.113.6"));
  await guess();
  const lifted = await fetch(`${app.url}/api/sign-in-limits?kind=address&subject=${address}`, {
    method: "DELETE",
    headers: { cookie, "sec-fetch-site": "same-origin" },
  });
  expect(lifted.status).toBe(204);
  expect((await guess()).status).toBe(200);
});

test("A flood of forgeries is counted to the last and costs few statements once its samples are kept [G1]", async () => {
  const forge = (number: number) => Promise.all(Array.from({ length: number }, () => webhook(true)));
  const count = async () =>
    Number(
      (
        await app.sql`select coalesce(sum(count), 0) as n from statistics
          where organisation_id = '' and provider = 'standard' and outcome = 'rejected'`
      )[0]?.n,
    );
  const commits = async () => {
    await app.sql`select pg_stat_force_next_flush()`.catch(() => {});
    const [row] =
      await app.sql`select n_tup_upd + n_tup_ins as n from pg_stat_user_tables where relname = 'statistics'`;
    return Number(row?.n);
  };
  // A window keeps at most twenty, so these rounds fill the hour's hundred.
  for (let round = 0; round < 8; round += 1) await forge(20);
  const [counted, written] = [await count(), await commits()];
  for (let round = 0; round < 10; round += 1) await forge(100);
  expect(await count()).toBe(counted + 1000);
  const [row] = await app.sql`select count(*)::int as kept from rejections where provider = 'standard'`;
  expect(row?.kept).toBe(100);
  expect((await commits()) - written).toBeLessThan(200);
});
