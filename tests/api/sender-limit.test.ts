/** Limits at the webhook endpoints: by the network of forged requests, and by the ceiling of a source. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { sign } from "../fixtures/sign";
import { type Ask, asker } from "../support/api";
import { startApp } from "../support/app";
import { appEnvironment, tokenFor, until } from "../support/processes";
import { converse, head } from "../support/raw-http";
import { openApp, type SharedApp } from "../support/shared-app";

const LIMIT = 60;

const LIMITED = { TRUSTED_PROXIES: "127.0.0.1", MAX_FORGED_PER_MINUTE: "60" };

let app: SharedApp;
let admin: Ask;
beforeAll(async () => {
  // The clients of these tests say which address they have.
  app = await openApp(LIMITED);
  admin = asker(app.url, await tokenFor("super_admin"));
}, 400_000);
afterAll(() => app?.close());

/** Posts a Stripe event from an address, signed or with a made-up signature. */
async function post(from: string, how: "forged" | "genuine", url = app.url): Promise<Response> {
  const body = JSON.stringify(stripeEvent());
  const headers = sign("stripe", body, { tampered: how === "forged" });
  return fetch(`${url}/api/webhooks/stripe`, {
    method: "POST",
    body,
    headers: [...headers.map(([name, value]): [string, string] => [name, value]), ["x-forwarded-for", from]],
  });
}

const posts = (count: number, from: string, how: "forged" | "genuine") =>
  Promise.all(Array.from({ length: count }, () => post(from, how)));
const times = (answers: Response[], status: number) => answers.filter((answer) => answer.status === status).length;

describe("forged requests", () => {
  test("1,200 forged requests of one address went through: after sixty a minute they are answered 429 [S53]", async () => {
    const answers: Response[] = [];
    for (let round = 0; round < 12; round++) answers.push(...(await posts(100, "198.51.100.7", "forged")));
    // Those that were being verified when the sixtieth failed are verified.
    expect(times(answers, 400)).toBeGreaterThanOrEqual(LIMIT);
    expect(times(answers, 400)).toBeLessThan(LIMIT + 200);
    expect(times(answers, 400) + times(answers, 429)).toBe(1_200);
    const refused = await post("198.51.100.7", "forged");
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ title: "Too many requests from your network failed verification." });

    expect((await post("198.51.100.8", "genuine")).status).toBe(200);
    await until("the refused ones are counted on Sources", async () => {
      const { body } = await admin("GET", "/api/sources");
      const stripe = body.providers.find((one: { provider: string }) => one.provider === "stripe");
      return stripe.rejections_24h === 1_201;
    });
    const { body } = await admin("GET", "/api/webhooks/analytics");
    expect(body.rejections).toContainEqual(expect.objectContaining({ provider: "stripe", reason: "rate_limited" }));
  });

  test("a body of a network that has to wait is not read", async () => {
    await posts(LIMIT + 40, "198.51.100.20", "forged");
    const answer = await converse(app.url, [
      head("/api/webhooks/stripe", [
        ["X-Forwarded-For", "198.51.100.20"],
        ["Content-Length", "1000000"],
      ]),
    ]);
    expect([answer.status, answer.headers.connection]).toEqual([429, "close"]);
  });

  test("a genuine burst behind an address that a stranger shares gets in", async () => {
    expect((await post("198.51.100.30", "genuine")).status).toBe(200);
    await posts(2 * LIMIT, "198.51.100.30", "forged");
    const [genuine, forged] = await Promise.all([
      Promise.all(Array.from({ length: 50 }, () => postUntilItIsTaken("198.51.100.30"))),
      posts(50, "198.51.100.30", "forged"),
    ]);
    expect(genuine.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect(times(forged, 200)).toBe(0);
  });

  /** As a provider does: a busy machine may ask for a second of patience, never for the minute that the stranger owes. */
  async function postUntilItIsTaken(from: string): Promise<Response> {
    for (let attempt = 1; ; attempt++) {
      const answer = await post(from, "genuine");
      if (answer.status !== 429 || attempt === 20) return answer;
      const seconds = Number(answer.headers.get("retry-after"));
      expect(seconds).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
  }

  test("the addresses of one IPv6 subscriber count together, those of another do not", async () => {
    const answers = await Promise.all(
      Array.from({ length: LIMIT + 60 }, (_, n) => post(`2001:db8:7:1::${n.toString(16)}`, "forged")),
    );
    expect(times(answers, 400) + times(answers, 429)).toBe(LIMIT + 60);
    expect((await post("2001:db8:7:1:ffff::1", "forged")).status).toBe(429);
    expect((await post("2001:db8:7:2::1", "forged")).status).toBe(400);
  });

  test("what one process refuses, another one soon refuses too [S53]", async () => {
    const [row] = await app.sql`select current_database() as name`;
    const database = new URL(process.env.TEST_POSTGRES_URL as string);
    database.pathname = `/${row?.name}`;
    const env = { DATABASE_URL: database.href, WORKER_IN_SERVER: "0", ...LIMITED };
    const other = await startApp({ env: appEnvironment(app.sink, env) });
    try {
      await posts(LIMIT + 40, "198.51.100.50", "forged");
      await until("the other process has heard of it", async () => {
        const answer = await post("198.51.100.50", "forged", other.url);
        return answer.status === 429;
      });
    } finally {
      await other.stop();
    }
  });
});

describe("the ceiling of a source", () => {
  test("what is over it is answered 429, counted, and kept whole; the rest is stored", async () => {
    const made = await admin("POST", "/api/sources", {
      provider: "heyreach",
      name: "Alder",
      organisation_id: "org-alder",
      max_per_minute: 5,
    });
    expect([made.status, made.body.max_per_minute]).toEqual([201, 5]);
    const body = (id: number) => JSON.stringify({ event_type: "message_sent", correlation_id: `ceiling-${id}` });
    const statuses: number[] = [];
    for (let id = 0; id < 7; id++) {
      const answer = await fetch(made.body.full_url, { method: "POST", body: body(id) });
      statuses.push(answer.status);
      if (answer.status === 429) expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429]);
    await until("they are kept", async () => {
      const kept = await app.sql`
        select convert_from(body, 'UTF8') as body, event_key, organisation_id from rejections
        where reason = 'over_ceiling' order by id`;
      return (
        kept.length === 2 && kept.every((row) => row.organisation_id === "org-alder" && row.body.includes("ceiling-"))
      );
    });

    const changed = await admin("PATCH", `/api/sources/${made.body.id}`, { max_per_minute: null });
    expect([changed.status, changed.body.max_per_minute]).toEqual([200, null]);
    await until("it may bring more", async () => {
      return (await fetch(made.body.full_url, { method: "POST", body: body(8) })).status === 200;
    });
    const wrong = await admin("PATCH", `/api/sources/${made.body.id}`, { max_per_minute: 0 });
    expect([wrong.status, wrong.body.field]).toEqual([400, "max_per_minute"]);
  });
});
