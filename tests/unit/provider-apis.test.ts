/**
 * One suite over the contract of provider APIs: what every client makes of an API that follows its documentation, and of one
 * that misbehaves as real ones do. The rows are in tests/support/provider-apis/rows, one file per provider.
 * Long because each case is asked of every provider.
 */
import { readdirSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseBody } from "@/lib/pipeline/parse";
import { findProvider } from "@/lib/providers";
import { ApiFailure, type Entry, type ProviderApi, type Window } from "@/lib/providers/api";
import { acceptAs, type Change, type Provider, type RawRequest, type VerifiedRequest } from "@/lib/providers/provider";
import type { FakeAnswer } from "../support/provider-apis/fake-server";
import type { Expected, ProviderApiRow, StartedProvider } from "../support/provider-apis/row";
import { sessionWith, type TestSession } from "../support/provider-apis/session";

const FOLDER = path.join(import.meta.dirname, "../support/provider-apis/rows");
const rows = await Promise.all(
  readdirSync(FOLDER).map(async (file) => ((await import(path.join(FOLDER, file))) as { row: ProviderApiRow }).row),
);

const HOUR_MS = 3_600_000;
/** A window that is due at every provider, and inside of every horizon. */
const FROM = new Date("2026-03-02T09:00:00Z");
const TO = new Date(FROM.getTime() + HOUR_MS);
const NOW = new Date("2026-03-05T12:00:00Z");
const WINDOW: Window = { from: FROM, to: TO };

/** A client that asks for ever would never end a test otherwise. */
const MOST_PAGES = 200;

describe.each(rows)("$provider", (row) => {
  const provider = findProvider(row.provider) as Provider;
  const api = provider.api as ProviderApi;
  let started: StartedProvider;

  beforeEach(async () => {
    started = await row.start();
  });
  afterEach(() => started.fake.close());

  const session = (): TestSession =>
    sessionWith(api, {
      url: started.fake.url,
      credentials: started.credentials,
      settings: started.settings,
      ownObjects: started.ownObjects?.(),
      now: NOW,
    });

  describe("declares", () => {
    if (row.limit) {
      const [allowed, seconds] = row.limit;
      it("a budget that was refused: burst and pace were more than its limit", () => {
        const { requests, perSeconds, burst = 1 } = api.budget;
        // One more may come late, from the span before.
        expect((requests * seconds) / perSeconds + burst).toBeLessThan(allowed);
      });
    }

    it("its coverage, wait and look-back, in numbers that make a run honest", () => {
      expect(api.coverage.proves).toMatch(/^[A-Z].+\.$/);
      expect(api.coverage.misses).toMatch(/^[A-Z].+\.$/);
      expect(api.rights).toMatch(/^[A-Z].+\.$/);
      expect(Math.max(api.waitSeconds, api.lookbackSeconds)).toBeGreaterThanOrEqual(row.readableAfterSeconds);
      if (api.horizonDays !== undefined) expect(api.horizonDays).toBeGreaterThanOrEqual(1);
      expect(api.budget.requests / api.budget.perSeconds).toBeGreaterThan(0);
    });

    it("its credentials, of which at least one is secret, with a variable each", () => {
      const credentials = Object.values(api.credentials);
      expect(credentials.some(({ isSecret }) => isSecret)).toBe(true);
      for (const credential of [...credentials, { variable: api.urlVariable }]) {
        expect(credential.variable).toMatch(/^[A-Z][A-Z0-9_]+$/);
      }
      const required = Object.entries(api.credentials).filter(([, { isOptional }]) => !isOptional);
      expect(Object.keys(started.credentials)).toEqual(expect.arrayContaining(required.map(([name]) => name)));
    });
  });

  describe("list", () => {
    it("returns everything in a window exactly once, also what shares a second at the edge of a page", async () => {
      const expected = started.seed(timesIn(row));
      started.seed([justBefore(row, FROM), TO]);
      const entries = await read(api, session(), WINDOW);
      expect(keysOf(api, entries)).toEqual(expected.map(({ key }) => key).sort());
      for (const entry of entries) expect(entry).toMatchObject(namesOf(expected, keyOf(api, entry)));
    });

    it("divides a window exactly: two halves have what the whole has, and nothing twice", async () => {
      const expected = started.seed(timesIn(row));
      const middle = new Date(FROM.getTime() + HOUR_MS / 2);
      const first = await read(api, session(), { from: FROM, to: middle });
      const second = await read(api, session(), { from: middle, to: TO });
      expect(keysOf(api, [...first, ...second])).toEqual(expected.map(({ key }) => key).sort());
    });

    it("has pinned its end: what happens while it reads neither hides a record nor adds one", async () => {
      const expected = started.seed(timesIn(row));
      started.fake.beforeAnswer((_request, count) => {
        if (count <= 4) started.seed([TO, new Date(TO.getTime() + HOUR_MS)]);
      });
      const entries = await read(api, session(), WINDOW);
      expect(keysOf(api, entries)).toEqual(expected.map(({ key }) => key).sort());
    });

    it("is empty where nothing happened", async () => {
      started.seed([justBefore(row, FROM), TO]);
      expect(await read(api, session(), WINDOW)).toEqual([]);
    });

    it("returns only the types that it is asked for", async () => {
      const expected = started.seed(timesIn(row).slice(0, 40));
      const [wanted] = expected.map(({ eventType }) => eventType);
      const entries = await read(api, session(), { ...WINDOW, types: [wanted as string] });
      const keys = expected.filter(({ eventType }) => eventType === wanted).map(({ key }) => key);
      expect(keysOf(api, entries)).toEqual(keys.sort());
    });

    it("includes what the provider leaves out by default", async ({ skip }) => {
      if (!started.seedHidden) return skip("The provider's list leaves nothing out.");
      const expected = started.seedHidden(new Date(FROM.getTime() + 1000));
      const entries = await read(api, session(), WINDOW);
      expect(keysOf(api, entries)).toEqual(expected.map(({ key }) => key).sort());
      for (const { key, isUnrecoverable } of expected) {
        const entry = entries.find((one) => keyOf(api, one) === key) as Entry;
        expect([entry.unrecoverable !== undefined, entry.webhook !== undefined]).toEqual([
          isUnrecoverable === true,
          isUnrecoverable !== true,
        ]);
      }
    });

    it("goes on after a failure from the page that failed", async () => {
      const expected = started.seed(timesIn(row));
      const ask = session();
      const entries: Entry[] = [];
      let cursor: Awaited<ReturnType<ProviderApi["list"]>>["next"] = null;
      do {
        started.fake.answerNext({ status: 503, text: "no" });
        await expect(api.list(ask, WINDOW, cursor)).rejects.toThrow(ApiFailure);
        // Kept as a row in between.
        const page = await api.list(ask, WINDOW, JSON.parse(JSON.stringify(cursor)));
        entries.push(...page.entries);
        cursor = page.next;
      } while (cursor !== null);
      expect(distinctKeys(api, entries)).toEqual(expected.map(({ key }) => key).sort());
    });

    it("keeps cursors small, and spends few requests on a page", async () => {
      started.seed(timesIn(row));
      const ask = session();
      const pages = await readPages(api, ask, WINDOW);
      for (const { next } of pages) expect(JSON.stringify(next).length).toBeLessThan(2000);
      for (const { cost } of ask.notes) expect(cost).toBeGreaterThanOrEqual(1);
      expect(ask.notes.length).toBeLessThanOrEqual(pages.length * (row.requestsPerPage ?? 1));
    });
  });

  describe("fails", () => {
    const kinds: [name: string, answer: FakeAnswer, kind: string, retryAfterMs: number | null][] = [
      ["429 with Retry-After", { status: 429, headers: { "retry-after": "7" } }, "rate_limited", 7000],
      ["429 without it", { status: 429 }, "rate_limited", null],
      ["500", { status: 500, text: "oops" }, "unavailable", null],
      ["403", { status: 403 }, "forbidden", null],
      ["broken JSON", { text: '{"data": [' }, "malformed", null],
      ["a page of HTML", { text: "<html>", headers: { "content-type": "text/html" } }, "malformed", null],
    ];
    it.each(kinds)("on %s, as what it is", async (_name, answer, kind, retryAfterMs) => {
      started.seed(timesIn(row).slice(0, 3));
      started.fake.answerNext(answer, 20);
      const failure = await failureOf(read(api, session(), WINDOW));
      expect({ kind: failure.kind, retryAfterMs: failure.retryAfterMs }).toEqual({ kind, retryAfterMs });
    });

    it("on a page without its list, which is never an empty list", async () => {
      started.seed(timesIn(row).slice(0, 3));
      started.loseList();
      expect((await failureOf(read(api, session(), WINDOW))).kind).toBe("malformed");
    });

    it("when the key was rolled, in its list, its test and its configuration", async () => {
      started.seed(timesIn(row).slice(0, 3));
      await api.test(session());
      started.rollKey();
      expect((await failureOf(read(api, session(), WINDOW))).kind).toBe("unauthorised");
      expect((await failureOf(api.test(session()))).kind).toBe("unauthorised");
      if (!api.configuration) return;
      const asked = api.configuration(session(), "https://desk.example.com/api/webhooks/x");
      expect((await failureOf(asked)).kind).toBe("unauthorised");
    });
  });

  describe("secrets", () => {
    it("A key of an API is in no url, note, cursor, failure or webhook [S18]", async () => {
      const expected = started.seed(timesIn(row));
      const ask = session();
      const pages = await readPages(api, ask, WINDOW);
      await api.get?.(ask, expected[0]?.id ?? "none");
      started.rollKey();
      const failures = [await failureOf(api.list(ask, WINDOW, null)), await failureOf(api.test(ask))];
      const bodies = pages.flatMap(({ entries }) => entries.map(({ webhook }) => webhook?.body.toString("latin1")));
      const kept = JSON.stringify([ask.notes, pages.map(({ next }) => next), failures.map(String), bodies]);
      const secrets = Object.entries(api.credentials).filter(([, { isSecret }]) => isSecret);
      for (const [name] of secrets) expect(kept).not.toContain(started.credentials[name]);
      // They are masked wherever an answer repeats them, too.
      expect(started.fake.requests.length).toBeGreaterThan(2);
    });
  });

  describe("get", () => {
    it("returns what list returns, and undefined for an unknown id", async ({ skip }) => {
      if (!api.get) return skip("The provider cannot be asked for one.");
      const expected = started.seed(timesIn(row).slice(0, 12));
      const listed = await read(api, session(), WINDOW);
      for (const { id, key, eventType } of expected) {
        if (id === undefined) continue;
        const alone = await api.get(session(), id, eventType);
        expect(alone).toBeDefined();
        expect(comparable(alone as Entry)).toEqual(
          comparable(listed.find((entry) => keyOf(api, entry) === key) as Entry),
        );
      }
      const [first] = expected;
      if (first?.id) expect(await api.get(session(), unlike(first.id), first.eventType)).toBeUndefined();
    });
  });

  describe("what it lists", () => {
    it("has the key of the real webhook, by the provider's own identify", async () => {
      const expected = started.seed(timesIn(row).slice(0, 24));
      for (const entry of await read(api, session(), WINDOW)) {
        const key = keyOf(api, entry);
        const webhook = expected.find((one) => one.key === key)?.webhook;
        if (webhook) expect(identityOf(provider, api, webhook, started)).toBe(key);
        if (entry.webhook) expect(identityOf(provider, api, entry.webhook, started)).toBe(key);
        if (entry.webhook && entry.origin === "provider_api") {
          const { eventType, objectId } = identify(provider, requestOf(provider, entry.webhook), started);
          expect({ eventType, objectId }).toEqual({ eventType: entry.eventType, objectId: entry.objectId });
        }
        expect(entry.webhook !== undefined || entry.unrecoverable !== undefined).toBe(true);
      }
    });

    it("writes the rows that the real webhook writes", async () => {
      const expected = started.seed(timesIn(row).slice(0, 24));
      let compared = 0;
      for (const entry of await read(api, session(), WINDOW)) {
        const webhook = expected.find(({ key }) => key === keyOf(api, entry))?.webhook;
        if (!entry.webhook || !webhook) continue;
        const [ours, theirs] = [entry.webhook, webhook].map((one) => rowsOf(provider, one, started));
        if (entry.origin === "provider_api") expect(ours).toEqual(theirs);
        else
          expect(ours?.map(({ table, key }) => ({ table, key }))).toEqual(
            theirs?.map(({ table, key }) => ({ table, key })),
          );
        compared += theirs?.length ?? 0;
      }
      if (provider.projections && expected.some(({ webhook }) => webhook)) expect(compared).toBeGreaterThan(0);
    });
  });

  describe("configuration", () => {
    it("says what is wrong and repairs what it can", async () => {
      for (const one of started.configurations ?? []) {
        one.prepare();
        const found = await (api.configuration as NonNullable<ProviderApi["configuration"]>)(
          session(),
          one.endpointUrl,
        );
        expect({ name: one.name, types: sorted(found.subscribedTypes), codes: codesOf(found.problems) }).toEqual({
          name: one.name,
          types: sorted(one.subscribedTypes),
          codes: [...one.problems],
        });
        for (const problem of found.problems) {
          expect(problem.title).toMatch(/\.$/);
          expect(problem.wayOut).toMatch(/\.$/);
          if (problem.repair) await api.repair?.(session(), problem);
          else if (api.repair) expect((await failureOf(api.repair(session(), problem))).kind).toBe("refused");
        }
        if (!one.afterRepairs) continue;
        const after = await api.configuration?.(session(), one.endpointUrl);
        expect(codesOf(after?.problems ?? [])).toEqual([...one.afterRepairs]);
      }
      expect(started.configurations === undefined).toBe(api.configuration === undefined);
    });
  });
});

/** Two pages and a few more, oldest first; around the edges of pages several records share a second. */
function timesIn({ perPage, resolutionMs }: ProviderApiRow): Date[] {
  const count = 2 * perPage + 7;
  const step = Math.floor((HOUR_MS - 60_000) / count / resolutionMs) * resolutionMs;
  return Array.from({ length: count }, (_, index) => {
    const place = index % perPage;
    const shared = place >= perPage - 10 || place < 10 ? Math.round(index / perPage) * perPage : index;
    return new Date(FROM.getTime() + shared * step);
  });
}

function justBefore({ resolutionMs }: ProviderApiRow, time: Date): Date {
  return new Date(time.getTime() - resolutionMs);
}

async function readPages(api: ProviderApi, session: TestSession, window: Window) {
  const pages = [await api.list(session, window, null)];
  while (pages.at(-1)?.next !== null) {
    if (pages.length > MOST_PAGES) throw new Error("The client never ends.");
    pages.push(await api.list(session, window, pages.at(-1)?.next ?? null));
  }
  return pages;
}

/** Each entry once: a list with numbered pages may be read twice where it moves, and the run counts a key once. */
async function read(api: ProviderApi, session: TestSession, window: Window): Promise<Entry[]> {
  const entries = (await readPages(api, session, window)).flatMap((page) => page.entries);
  return [...new Map(entries.map((entry) => [keyOf(api, entry), entry])).values()];
}

function keyOf(api: ProviderApi, entry: Entry): string {
  const key = api.pairs === "event_key" ? entry.eventKey : entry.logicalKey;
  if (key === undefined) throw new Error(`An entry has no ${api.pairs}.`);
  return key;
}

function keysOf(api: ProviderApi, entries: readonly Entry[]): string[] {
  return entries.map((entry) => keyOf(api, entry)).sort();
}

function distinctKeys(api: ProviderApi, entries: readonly Entry[]): string[] {
  return [...new Set(keysOf(api, entries))];
}

function namesOf(expected: readonly Expected[], key: string) {
  const found = expected.find((one) => one.key === key);
  return { eventType: found?.eventType, occurredAt: expect.stringMatching(sameTime(found?.occurredAt ?? "")) };
}

/** ISO 8601 of the same instant: with or without a fraction of zero. */
function sameTime(iso: string): RegExp {
  return new RegExp(`^${iso.replace(/\.?0*Z$/, "")}(\\.?0*)Z$`);
}

function comparable({ webhook, ...entry }: Entry) {
  return { ...entry, payload: webhook && JSON.parse(webhook.body.toString("utf8")), headers: webhook?.headers };
}

/** An id of the same form that nothing has. */
function unlike(id: string): string {
  return id.replace(/[0-9a-z]{1,6}$/i, (end) => "9".repeat(end.length));
}

function requestOf(provider: Provider, webhook: Partial<RawRequest> & Pick<RawRequest, "headers" | "body">) {
  const plain = { method: "POST", path: `/api/webhooks/${provider.slug}`, ...webhook };
  const accepted = acceptAs("provider_api", plain);
  if (!accepted.ok) throw new Error("acceptAs accepts.");
  return accepted.request;
}

function identify(provider: Provider, request: VerifiedRequest, { settings = {} }: StartedProvider) {
  const payload = parseBody(request.body).value;
  return { payload, ...provider.identify(request, payload, { id: 1, settings }) };
}

function identityOf(
  provider: Provider,
  api: ProviderApi,
  webhook: Parameters<typeof requestOf>[1],
  started: StartedProvider,
): string | undefined {
  const { eventKey, logicalKey } = identify(provider, requestOf(provider, webhook), started);
  return api.pairs === "event_key" ? eventKey : logicalKey;
}

/** What a webhook writes, without what says how it came here. */
function rowsOf(provider: Provider, webhook: Parameters<typeof requestOf>[1], started: StartedProvider) {
  const event = identify(provider, requestOf(provider, webhook), started);
  const project = provider.projections?.[event.eventType];
  const changes: Change[] = project?.({ ...event, provider: provider.slug, receivedAt: NOW.toISOString() }) ?? [];
  return changes.map(({ table, key, values }) => ({ table, key, values }));
}

async function failureOf(asked: Promise<unknown>): Promise<ApiFailure> {
  const failure = await asked.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(failure instanceof ApiFailure)) throw failure ?? new Error("It did not fail.");
  return failure;
}

function codesOf(problems: readonly { code: string }[]): string[] {
  return problems.map(({ code }) => code).sort();
}

function sorted(types: readonly string[] | null): string[] | null {
  return types && [...types].sort();
}
