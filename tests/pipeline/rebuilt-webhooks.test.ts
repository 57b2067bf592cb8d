/**
 * What is rebuilt of the objects of a provider's API writes the rows that the real webhooks write, and where these are here it
 * changes none: else every run would report rows that differ.
 */
import type postgres from "postgres";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { project } from "@/lib/destinations/tables";
import { parseBody } from "@/lib/pipeline/parse";
import { findProvider } from "@/lib/providers";
import type { Entry, Page, ProviderApi } from "@/lib/providers/api";
import { acceptAs, type Change, header, type Provider } from "@/lib/providers/provider";
import { type Desk, openDesk } from "../support/desk";
import type { Expected, ProviderApiRow, StartedProvider } from "../support/provider-apis/row";
import { row as heyreach } from "../support/provider-apis/rows/heyreach";
import { row as mitto } from "../support/provider-apis/rows/mitto";
import { row as shopify } from "../support/provider-apis/rows/shopify";
import { row as smartlead } from "../support/provider-apis/rows/smartlead";
import { sessionWith } from "../support/provider-apis/session";

const FROM = new Date("2026-03-02T09:00:00Z");
const TO = new Date("2026-03-02T10:00:00Z");
const READ_AT = "2026-03-05T12:00:00.000Z";

/** The tables of each, and the columns that no API gives as webhooks have them. */
const CASES: readonly [row: ProviderApiRow, tables: Record<string, readonly string[]>][] = [
  // A deletion by the clock of the shop's history, not by that of its webhooks.
  [shopify, { orders: ["deleted_at"], customers: [] }],
  // Its text version of a mail.
  [smartlead, { campaigns: [], leads: [], messages: ["body"] }],
  [heyreach, { campaigns: [], leads: ["company_name", "email"], messages: [] }],
  // The error code of a failure, and which failure it was.
  [mitto, { sms_recipients: ["error_code", "status"] }],
];

describe.each(CASES.map(([row, tables]) => [row.provider, row, tables] as const))("%s", (slug, row, tables) => {
  const provider = findProvider(slug) as Provider;
  let desk: Desk;
  let started: StartedProvider;
  beforeAll(async () => {
    desk = await openDesk();
  });
  beforeEach(async () => {
    started = await row.start();
    for (const table of Object.keys(tables)) await desk.sql`delete from ${desk.sql(table)}`;
    return () => started.fake.close();
  });
  afterAll(() => desk.close());

  // Of what is asked for by our own ids, nothing is rebuilt where the final report is here.
  const isCompared = provider.api?.coverage.kind === "objects";
  it.runIf(isCompared)("changes no row where its webhook is here", async () => {
    const expected = started.seed(timesOf(24));
    await apply(
      desk.sql,
      expected.flatMap(({ key, webhook }) => changesOf(provider, webhook, key, FROM.toISOString())),
    );
    const entries = await readAll(provider.api as ProviderApi, started);
    const changes = entries.flatMap((entry) => changesOf(provider, entry.webhook, keyOf(entry), READ_AT));
    expect(changes.length).toBeGreaterThan(0);
    const [answer] = await desk.sql<{ effects: { effect: string; table: string; before: object; after: object }[] }[]>`
      select public.preview_changes(${desk.sql.json(changes as never)}) as effects
    `;
    const changed = answer?.effects.filter(({ effect }) => effect === "created" || effect === "updated") ?? [];
    expect(changed).toEqual([]);
  });

  it("writes the rows that the real webhooks write, but for what no API gives", async () => {
    const expected: Expected[] = started.seed(timesOf(24));
    await apply(
      desk.sql,
      expected.flatMap(({ key, webhook }) => changesOf(provider, webhook, key, FROM.toISOString())),
    );
    const theirs = await rowsOf(desk.sql, tables);
    for (const table of Object.keys(tables)) await desk.sql`delete from ${desk.sql(table)}`;
    const entries = await readAll(provider.api as ProviderApi, started);
    await apply(
      desk.sql,
      entries.flatMap((entry) => changesOf(provider, entry.webhook, keyOf(entry), READ_AT)),
    );
    expect(await rowsOf(desk.sql, tables)).toEqual(theirs);
    expect(Object.values(theirs).every((rows) => rows.length > 0)).toBe(true);
  });
});

function timesOf(count: number): Date[] {
  return Array.from({ length: count }, (_, index) => new Date(FROM.getTime() + index * 60_000));
}

function keyOf({ logicalKey }: Entry): string {
  return logicalKey ?? "";
}

/** What a webhook changes, with a key of ours. */
function changesOf(provider: Provider, webhook: Expected["webhook"], eventKey: string, receivedAt: string): Change[] {
  if (webhook === undefined) return [];
  const accepted = acceptAs("provider_api", { method: "POST", path: `/api/webhooks/${provider.slug}`, ...webhook });
  if (!accepted.ok) throw new Error("acceptAs accepts.");
  const payload = parseBody(webhook.body).value;
  const identity = provider.identify(accepted.request, payload);
  const shop = header(webhook, "x-shopify-shop-domain");
  const event = { ...identity, eventKey, id: 1, provider: provider.slug, payload, receivedAt, ...(shop && { shop }) };
  const projection = project(provider, event);
  if (!projection.ok) throw new Error(projection.message);
  return projection.changes;
}

async function apply(sql: postgres.Sql, changes: Change[]): Promise<void> {
  await sql`select public.apply_changes(${sql.json(changes as never)})`;
}

/** By table, without what says when and by whom a row was written. */
async function rowsOf(sql: postgres.Sql, tables: Record<string, readonly string[]>) {
  const found: Record<string, string[]> = {};
  for (const [table, given] of Object.entries(tables)) {
    const without = ["id", "versions", "created_at", "updated_at", "undecided", ...given];
    const rows = await sql<{ row: string }[]>`
      select (to_jsonb(t) - ${without}::text[])::text as row from ${sql(table)} t order by 1
    `;
    found[table] = rows.map(({ row }) => row);
  }
  return found;
}

async function readAll(api: ProviderApi, started: StartedProvider): Promise<Entry[]> {
  const { fake, credentials, settings, ownObjects } = started;
  const session = sessionWith(api, { url: fake.url, credentials, settings, ownObjects: ownObjects?.() });
  const entries = new Map<string, Entry>();
  let cursor: Page["next"] = null;
  do {
    const page: Page = await api.list(session, { from: FROM, to: TO }, cursor);
    for (const entry of page.entries) entries.set(keyOf(entry), entry);
    cursor = page.next;
  } while (cursor !== null);
  return [...entries.values()];
}
