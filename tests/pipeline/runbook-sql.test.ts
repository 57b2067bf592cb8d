/** The SQL of runbooks 002, 003 and 004, as it is written there, on rows that the product wrote. */
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeReader } from "@/lib/db/reader";
import { chatwootEvent } from "@/lib/providers/chatwoot/sample";
import { shopifyBody } from "@/lib/providers/shopify/sample";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { nextUuid } from "@/lib/samples/ids";
import { type Desk, eventIdIn, openDesk, send, workUntilIdle } from "../support/desk";
import { statementsOf } from "../support/runbook-sql";
import { type AgentSdk, startAgentSdk } from "../tools/agent-sdk";

let desk: Desk;
let agent: AgentSdk;
/** One delivered and two dead messages; a Stripe event with rows. */
const events: { delivered: number; dead: number[]; stripe: number } = { delivered: 0, dead: [], stripe: 0 };

beforeAll(async () => {
  agent = await startAgentSdk({ port: 0 });
  desk = await openDesk({ AGENT_SDK_URL: agent.url, CHATWOOT_WEBHOOK_MAX_ATTEMPTS: "1" });
  events.stripe = eventIdIn(await send("stripe", stripeEvent({ status: "active" })));
  events.delivered = eventIdIn(await send("chatwoot", chatwootEvent(), { id: nextUuid() }));
  await workUntilIdle();
  agent.setMode("503");
  for (const _ of [1, 2]) events.dead.push(eventIdIn(await send("chatwoot", chatwootEvent(), { id: nextUuid() })));
  await workUntilIdle();
});
afterAll(async () => {
  await desk.close();
  await agent.close();
});

const statusOf = async (id: number) => (await desk.sql`select status from events where id = ${id}`)[0]?.status;
const auditOf = (id: number) =>
  desk.sql`select action, actor, details from staff_actions where subject = ${`we_${id}`} order by id`;

describe("Every SQL statement of runbook 003 answered that dashboard_facts does not exist", () => {
  test("each runs as it is written, with what happened to Chatwoot's webhooks", async () => {
    const answers: postgres.RowList<postgres.Row[]>[] = [];
    for (const statement of statementsOf("003")) answers.push(await desk.sql.unsafe(statement));
    const [retries, letters, activity, reasons, errors, payloads, rate, average, size] = answers;
    expect(retries?.map(({ attempts, success, status }) => [attempts, success, status]).sort()).toEqual([
      ["1", "false", "503"],
      ["1", "false", "503"],
      ["1", "true", "200"],
    ]);
    expect(retries?.every(({ duration_ms }) => Number(duration_ms) >= 0)).toBe(true);
    expect(letters).toHaveLength(2);
    expect(letters?.[0]).toMatchObject({ attempts: "1", original_payload: { event: "message_created" } });
    expect(letters?.[0]?.error).toContain("503");
    expect(Date.parse(letters?.[0]?.failed_at)).toBeGreaterThan(Date.now() - 60_000);
    expect(activity?.[0]).toMatchObject({ total: "3", successful: "1" });
    expect(Number(activity?.[0]?.avg_attempts)).toBe(1);
    expect(reasons).toEqual([{ status: "503", count: "2" }]);
    expect(errors?.map(({ occurrences }) => occurrences)).toEqual(["2"]);
    expect(payloads).toHaveLength(2);
    expect(rate).toEqual([{ success_rate_pct: "33.33" }]);
    expect(Number(average?.[0]?.avg_ms)).toBeGreaterThanOrEqual(0);
    expect(size).toEqual([{ dlq_entries: "2" }]);
  });
});

describe('Every SQL statement of runbook 002 answered that "WebhookEvent" does not exist', () => {
  test("the selects show events in the runbook's words, and the update is a resolve with its audit row", async () => {
    const [dead] = events.dead as [number, number];
    const [counts, failed, details, update] = statementsOf("002", dead) as [string, string, string, string];
    expect([...(await desk.sql.unsafe(counts))].sort((a, b) => a.status.localeCompare(b.status))).toEqual(
      [
        { provider: "chatwoot", status: "failed", count: "2" },
        { provider: "chatwoot", status: "processed", count: "1" },
        { provider: "stripe", status: "processed", count: "1" },
      ].sort((a, b) => a.status.localeCompare(b.status)),
    );
    const rows = await desk.sql.unsafe(failed);
    expect(rows.map(({ id }) => Number(id))).toEqual(events.dead.toReversed());
    expect(rows[0]).toMatchObject({ provider: "chatwoot", status: "failed" });
    expect(await desk.sql.unsafe(details)).toMatchObject([{ payload: { event: "message_created" } }]);

    expect((await desk.sql.unsafe(update)).count).toBe(1);
    expect(await statusOf(dead)).toBe("resolved");
    expect(await auditOf(dead)).toMatchObject([
      {
        action: "event.resolve",
        actor: expect.stringMatching(/^Database user /),
        details: { reason: "Marked as processed in SQL" },
      },
    ]);
    // Again: there is nothing left to do, and no second row in the log.
    expect((await desk.sql.unsafe(update)).count).toBe(0);
    expect(await auditOf(dead)).toHaveLength(1);
    const [after] = await desk.sql`select status, "processedAt" from "WebhookEvent" where id = ${dead}`;
    expect(after).toMatchObject({ status: "processed", processedAt: expect.any(Date) });
  });

  test.each([
    ["another status", `update "WebhookEvent" set status = 'received' where id = $1`],
    ["the payload", `update "WebhookEvent" set status = 'processed', payload = '{}' where id = $1`],
    ["an event that did not fail", `update "WebhookEvent" set status = 'processed', error = null where id = $1`],
  ])("%s is not changed, and the way out is said", async (_, statement) => {
    await expect(desk.sql.unsafe(statement, [events.stripe])).rejects.toMatchObject({ hint: expect.any(String) });
    expect(await statusOf(events.stripe)).toBe("processed");
  });
});

describe("Every SQL statement of runbook 004 answered that its table does not exist", () => {
  test("logs and letters are listed, and deleting old letters resolves them and keeps their bytes", async () => {
    const [, dead] = events.dead as [number, number];
    const [logs, failed, clear] = statementsOf("004") as [string, string, string];
    expect((await desk.sql.unsafe(logs)).map(({ status }) => status).sort()).toEqual([
      "failure",
      "failure",
      "success",
      "success",
    ]);
    expect(await desk.sql.unsafe(failed)).toMatchObject([
      { id: String(dead), webhook_data: { event: "message_created" } },
    ]);
    // They are new.
    expect((await desk.sql.unsafe(clear)).count).toBe(0);
    await desk.sql`update deliveries set finished_at = finished_at - interval '8 days' where event_id = ${dead}`;
    expect((await desk.sql.unsafe(clear)).count).toBe(1);
    expect([await statusOf(dead), await auditOf(dead)]).toMatchObject(["resolved", [{ action: "event.resolve" }]]);
    expect(await desk.sql`select from event_bodies where event_id = ${dead}`).toHaveLength(1);
  });

  test("an event that is dead at two destinations is one letter", async () => {
    await desk.sql`
      insert into destinations (slug, name, kind, providers, url, max_attempts)
      select 'second', 'Second', kind, providers, url, max_attempts from destinations where slug = 'agent-sdk'`;
    const id = eventIdIn(await send("chatwoot", chatwootEvent(), { id: nextUuid() }));
    await workUntilIdle();
    expect(await desk.sql`select from deliveries where event_id = ${id} and status = 'dead'`).toHaveLength(2);
    expect(await desk.sql`select id::int from failed_webhooks`).toEqual([{ id }]);
  });
});

test("Shopify's webhooks are in EventProcessingState, once each", async () => {
  const event = shopifyBody();
  await send("shopify", event, { id: "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043" });
  await send("shopify", event, { id: "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043" });
  expect(await desk.sql`select duplicates from "EventProcessingState"`).toEqual([{ duplicates: 1 }]);
});

test("redrive_reader reads the views without payloads, and nothing else", async () => {
  const reader = postgres(await makeReader(process.env.DATABASE_URL as string), { max: 1, onnotice: () => {} });
  try {
    for (const statement of statementsOf("003")) await reader.unsafe(statement);
    expect(
      (
        await reader.unsafe(`select value->'payload' as payload from dashboard_facts
      where fact_type = 'support.webhook.dead_letter'`)
      )[0],
    ).toEqual({ payload: null });
    expect(await reader`select id, status, error from "WebhookEvent" where status = 'failed'`).not.toEqual([]);
    await reader`select count(*) from webhook_logs`;
    await reader`select id, error_message from failed_webhooks`;
    for (const refused of [
      `select payload from "WebhookEvent"`,
      "select webhook_data from failed_webhooks",
      "select * from events",
      "select * from staff_users",
      `update "WebhookEvent" set status = 'processed'`,
      "delete from failed_webhooks",
      "select resolve_in_sql(1, 'no')",
    ]) {
      await expect(reader.unsafe(refused)).rejects.toThrow(/permission denied|read-only/);
    }
  } finally {
    await reader.end();
  }
});
