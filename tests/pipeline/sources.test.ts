/**
 * Sources with URLs of their own: who is accepted, for which organisation, and that a token is never shown. Long because
 * each way a token ends is a case.
 */

import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createSource, deleteSource, rotateSource, updateSource } from "@/lib/commands/sources";
import { accept, maxBodyBytes } from "@/lib/pipeline/accept";
import { acceptFromNext } from "@/lib/pipeline/accept-from-next";
import { forgetSources } from "@/lib/pipeline/source-tokens";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { bodyOf } from "@/lib/samples/ids";
import { EVERYTHING } from "@/lib/scope";
import { sign } from "../fixtures/sign";
import { type Desk, eventIdIn, openDesk } from "../support/desk";
import { alone } from "../support/machine";
import { until } from "../support/processes";

const ENVIRONMENT_TOKEN = "a-token-from-the-environment";
const change = {
  actor: { kind: "staff", id: "staff-1", name: "Ada", role: "admin", organisations: null },
  requestId: "req-sources",
  origin: "https://desk.test",
} as const;

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk({ HEYREACH_URL_TOKEN: ENVIRONMENT_TOKEN, MITTO_URL_TOKEN: "" });
});
afterAll(() => desk.close());
afterEach(() => {
  vi.restoreAllMocks();
});

let sent = 0;
const heyreachEvent = () => ({
  event_type: "message_reply_received",
  correlation_id: `00000000-0000-4000-8000-${String(++sent).padStart(12, "0")}`,
  lead: { id: "lead-1" },
});

const make = (provider: string, fields: Record<string, unknown> = {}) =>
  createSource({ provider, name: `${provider} of a tenant`, ...fields }, change);
const tokenIn = (url: string) => url.slice(url.lastIndexOf("/") + 1);
const pathOf = (url: string) => new URL(url).pathname;

function post(path: string, event: unknown = heyreachEvent(), headers: [string, string][] = []) {
  const all: [string, string][] = [["content-type", "application/json"], ...headers];
  return accept({ method: "POST", path, headers: all, body: bodyOf(event) });
}

const storedEvent = async (answer: { body: string }) => {
  const [row] = await desk.sql`select * from events where id = ${JSON.parse(answer.body).event_id.slice(3)}`;
  return row as Record<string, unknown>;
};

describe("a source's URL", () => {
  test("lets its provider in without anything else, and says whose events they are", async () => {
    const source = await make("heyreach", { organisation_id: "org-alder", company_id: "co-1" });
    const answer = await post(pathOf(source.full_url));
    expect(answer.status).toBe(200);
    expect(await storedEvent(answer)).toMatchObject({
      source_id: source.id.slice(3),
      organisation_id: "org-alder",
      company_id: "co-1",
      trust: "token",
      path: "/api/webhooks/heyreach/[redacted]",
    });
  });

  test.each([
    ["a trailing slash", (path: string) => `${path}/`],
    ["double slashes", (path: string) => path.replace("/api/", "//api//").replace("/heyreach/", "/heyreach//")],
    ["a query", (path: string) => `${path}?utm=1`],
  ])("is forgiven %s", async (_name, written) => {
    const source = await make("heyreach");
    const answer = await post(written(pathOf(source.full_url)));
    expect(answer.status).toBe(200);
    expect((await storedEvent(answer)).path).not.toContain(tokenIn(source.full_url));
  });

  test("takes a token from the environment, too", async () => {
    const answer = await post(`/api/webhooks/heyreach/${ENVIRONMENT_TOKEN}`);
    expect(answer.status).toBe(200);
    expect(await storedEvent(answer)).toMatchObject({ source_id: null, trust: "token" });
  });

  test("is no way around a signature: it says whose the events are, the signature says that they are genuine [B9]", async () => {
    const source = await make("stripe", { organisation_id: "org-birch" });
    const body = bodyOf(stripeEvent({ account: "acct_of_somebody_else" }));
    const request = { method: "POST", path: pathOf(source.full_url), body };
    expect((await accept({ ...request, headers: sign("stripe", body, { unsigned: true }) })).status).toBe(400);
    expect((await accept({ ...request, headers: sign("stripe", body, { tampered: true }) })).status).toBe(400);
    const answer = await accept({ ...request, headers: sign("stripe", body) });
    expect(answer.status).toBe(200);
    expect(await storedEvent(answer)).toMatchObject({ organisation_id: "org-birch", trust: "signed" });
  });

  test("keeps tenants apart: the same key through two of them is two events, and again is a duplicate of each [B17]", async () => {
    const [one, two] = [await make("heyreach"), await make("heyreach")];
    const event = heyreachEvent();
    const answers = [];
    for (const { full_url } of [one, two, one, two])
      answers.push(JSON.parse((await post(pathOf(full_url), event)).body));
    expect(answers.map(({ duplicate }) => duplicate)).toEqual([false, false, true, true]);
    expect(answers[0].event_id).toBe(answers[2].event_id);
    expect(answers[0].event_id).not.toBe(answers[1].event_id);
    expect(JSON.parse((await post(`/api/webhooks/heyreach/${ENVIRONMENT_TOKEN}`, event)).body).duplicate).toBe(false);
  });

  test("works through the App Router, too", async () => {
    const source = await make("heyreach");
    const body = bodyOf(heyreachEvent()).toString();
    const answer = await acceptFromNext(new Request(source.full_url, { method: "POST", body }));
    expect([answer.status, (await answer.json()).received]).toEqual([200, true]);
  });
});

describe("a token that is not valid", () => {
  const expectRefused = async (path: string, event?: unknown) => {
    const [{ count: before } = {}] = await desk.sql`select count(*) from events`;
    const answer = await post(path, event);
    expect(answer.status).toBe(401);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(await desk.sql`select count(*) from events`).toEqual([{ count: before }]);
  };

  test.each(["heyreach", "mitto", "smartlead", "stripe"])(
    "of %s is answered 401 and kept as a rejection",
    async (slug) => {
      await make(slug);
      await expectRefused(`/api/webhooks/${slug}/not-a-token-of-anybody`);
      const [row] = await desk.sql`select * from rejections where provider = ${slug} order by id desc limit 1`;
      expect(row).toMatchObject({
        reason: "bad_signature",
        status_code: 401,
        path: `/api/webhooks/${slug}/[redacted]`,
      });
    },
  );

  test("because it is another provider's", async () => {
    const source = await make("heyreach");
    await expectRefused(`/api/webhooks/mitto/${tokenIn(source.full_url)}`);
  });

  test("because it is missing", async () => {
    await make("heyreach");
    await expectRefused("/api/webhooks/heyreach");
  });

  test("because its source is off, or deleted", async () => {
    const source = await make("heyreach");
    await updateSource(source.id, { enabled: false }, change);
    await expectRefused(pathOf(source.full_url));
    await updateSource(source.id, { enabled: true }, change);
    expect((await post(pathOf(source.full_url))).status).toBe(200);
    await deleteSource(source.id, change);
    await expectRefused(pathOf(source.full_url));
  });

  test("because it was rotated out: the one before works until the overlap ends, and the new one from the start [S57] [B6]", async () => {
    const source = await make("heyreach");
    const rotated = await rotateSource(source.id, 2 / 3600, change);
    expect(rotated.full_url).not.toBe(source.full_url);
    expect((await post(pathOf(source.full_url))).status).toBe(200);
    expect((await post(pathOf(rotated.full_url))).status).toBe(200);
    await until("the overlap is over", async () => (await post(pathOf(source.full_url))).status === 401);
    await expectRefused(pathOf(source.full_url));
    expect((await post(pathOf(rotated.full_url))).status).toBe(200);

    const again = await rotateSource(source.id, 0, change);
    await expectRefused(pathOf(rotated.full_url));
    expect((await post(pathOf(again.full_url))).status).toBe(200);
  });

  test("because another process revoked it: five seconds later at the latest, under traffic and after silence", async () => {
    await alone();
    const [busy, silent] = [await make("heyreach"), await make("heyreach")];
    for (const { full_url } of [busy, silent]) expect((await post(pathOf(full_url))).status).toBe(200);
    await desk.sql`update sources set enabled = false where id in (${busy.id.slice(3)}, ${silent.id.slice(3)})`;
    const revoked = performance.now();
    let status = 200;
    while (status === 200 && performance.now() - revoked < 6_000) {
      status = (await post(pathOf(busy.full_url))).status;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(status).toBe(401);
    expect(performance.now() - revoked).toBeLessThan(5_000);
    await expectRefused(pathOf(silent.full_url));
  });
});

describe("the sources in memory", () => {
  test("cost one query for what is known, and at most one a second for a flood of wrong tokens", async () => {
    const source = await make("heyreach");
    await desk.sql.unsafe(`
      create table asked (at timestamptz);
      alter function list_source_tokens() rename to list_source_tokens_really;
      create function list_source_tokens() returns jsonb language sql volatile as
        $$ insert into public.asked values (clock_timestamp()); select public.list_source_tokens_really() $$;`);
    const started = performance.now();
    await Promise.all(Array.from({ length: 500 }, (_, n) => post(`/api/webhooks/heyreach/wrong-${n}`)));
    await Promise.all(Array.from({ length: 50 }, () => post(pathOf(source.full_url))));
    const seconds = (performance.now() - started) / 1000;
    const [{ count } = {}] = await desk.sql`select count(*)::int from asked`;
    await desk.sql.unsafe(`
      drop function list_source_tokens(); drop table asked;
      alter function list_source_tokens_really() rename to list_source_tokens;`);
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThanOrEqual(Math.ceil(seconds) + 1);
  });

  test("keep known senders going while the database cannot say, and answer 503 to who may be one", async () => {
    const source = await make("heyreach");
    expect((await post(pathOf(source.full_url))).status).toBe(200);
    await desk.sql.unsafe(`
      alter function list_source_tokens() rename to list_source_tokens_really;
      create function list_source_tokens() returns jsonb language plpgsql as
        $$ begin raise exception 'away' using errcode = '57P03'; end $$;`);
    try {
      // The cached lookup still says no.
      expect((await post("/api/webhooks/heyreach/nobody-knows-this-one")).status).toBe(401);
      let unknown = await post("/api/webhooks/heyreach/nobody-knows-this-one");
      await until("it is too old to say so", async () => {
        unknown = await post("/api/webhooks/heyreach/nobody-knows-this-one");
        return unknown.status !== 401;
      });
      expect([unknown.status, unknown.headers["retry-after"]]).toEqual([503, "5"]);
      expect((await post(pathOf(source.full_url))).status).toBe(200);
    } finally {
      await desk.sql.unsafe(`
        drop function list_source_tokens();
        alter function list_source_tokens_really() rename to list_source_tokens;`);
      forgetSources();
    }
    expect((await post("/api/webhooks/heyreach/nobody-knows-this-one")).status).toBe(401);
  });
});

test("a token is seen nowhere: not in a row, an answer, or a line of the log [S57]", async () => {
  let printed = "";
  vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    printed += String(chunk);
    return true;
  });
  const source = await make("smartlead");
  const token = tokenIn(source.full_url);
  const wrong = "wrongTokenCanary0000000000000000000000000000";
  const event = { event_type: "EMAIL_SENT", event_id: "sl-token", webhook_url: source.full_url };
  const proxied: [string, string][] = [
    ["X-Forwarded-Uri", pathOf(source.full_url)],
    ["Referer", source.full_url],
  ];
  const answers = [
    await post(pathOf(source.full_url), event, proxied),
    await post(pathOf(source.full_url), event, proxied),
    await post(
      `/api/webhooks/smartlead/${wrong}`,
      { ...event, webhook_url: `https://x/api/webhooks/smartlead/${wrong}` },
      [["X-Original-Url", `/api/webhooks/smartlead/${wrong}`]],
    ),
    await accept({ method: "PUT", path: pathOf(source.full_url), headers: [], body: Buffer.alloc(0) }),
    await accept({
      method: "POST",
      path: pathOf(source.full_url),
      headers: [],
      body: Buffer.alloc(maxBodyBytes("smartlead") + 1),
    }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 401, 405, 413]);
  vi.restoreAllMocks();

  const { getEvent, listEvents } = await import("@/lib/queries/events");
  const read = [
    await getEvent(String(eventIdIn(answers[0] as never)), EVERYTHING),
    await listEvents({}, { limit: 50 }, EVERYTHING),
  ];
  const shown = Buffer.from(read[0] && "body_base64" in read[0] ? read[0].body_base64 : "", "base64").toString();
  expect(shown).toContain("/api/webhooks/smartlead/*****");
  const seen = [printed, shown, JSON.stringify(answers), JSON.stringify(read), await everyText(desk)].join("\n");
  expect(printed).toContain('"decision":"unknown_token"');
  for (const secret of [token, wrong]) expect(seen.includes(secret)).toBe(false);
});

test("whoever changes a source is in the audit log, without the token", async () => {
  const source = await make("mitto", { organisation_id: "org-audit" });
  await updateSource(source.id, { name: "renamed", organisation_id: null }, change);
  const { full_url } = await rotateSource(source.id, 24, change);
  await deleteSource(source.id, change);
  const rows = await desk.sql`select * from staff_actions where subject = ${source.id} order by id`;
  expect(rows.map(({ action }) => action)).toEqual([
    "source.create",
    "source.update",
    "source.rotate",
    "source.delete",
  ]);
  expect(rows[0]).toMatchObject({ actor: "Ada", actor_id: "staff-1", request_id: "req-sources" });
  for (const url of [source.full_url, full_url]) expect(JSON.stringify(rows)).not.toContain(tokenIn(url));
});

/** All text in the database: all columns of all tables but the received bytes. */
async function everyText({ sql }: Desk): Promise<string> {
  const tables = await sql`select tablename from pg_tables where schemaname = 'public'`;
  const dumps = await Promise.all(
    tables.map(async ({ tablename }) => {
      const rows =
        await sql`select to_jsonb(t) - 'raw_body' as row, to_jsonb(t) ->> 'body' as body from ${sql(tablename)} t`;
      return rows.map(
        ({ row, body }) => `${JSON.stringify(row)} ${Buffer.from(String(body).slice(2), "hex").toString()}`,
      );
    }),
  );
  return dumps.flat().join("\n");
}
