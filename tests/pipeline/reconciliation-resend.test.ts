/**
 * What reconciliation does with Smartlead and HeyReach besides comparing lists: asking to send again, the runbook's call, and
 * counts.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { reconcileCampaignsAndLeads } from "@/lib/commands/campaigns-leads";
import { isUnderWay } from "@/lib/contract/reconciliations";
import { findProvider } from "@/lib/providers";
import type { ProviderApi } from "@/lib/providers/api";
import type { Provider } from "@/lib/providers/provider";
import { resendForEndedRuns } from "@/lib/reconciliation/resend";
import { requestOf } from "../fixtures/sign";
import { ada } from "../support/actor";
import { shiftClock } from "../support/clock";
import { type Desk, openDesk, workUntilIdle } from "../support/desk";
import type { HeyreachFake } from "../support/provider-apis/heyreach";
import type { Expected, StartedProvider } from "../support/provider-apis/row";
import { row as heyreachRow } from "../support/provider-apis/rows/heyreach";
import { row as smartleadRow } from "../support/provider-apis/rows/smartlead";
import type { SmartleadFake } from "../support/provider-apis/smartlead";
import { deliverAndSettle, getRun, reconcile, workOnRuns } from "../support/reconciling";

let desk: Desk;
let started: { smartlead: StartedProvider; heyreach: StartedProvider };
beforeAll(async () => {
  desk = await openDesk();
  for (const slug of ["smartlead", "heyreach"]) {
    const provider = findProvider(slug) as Provider & { api: ProviderApi };
    provider.api = { ...provider.api, budget: { requests: 500, perSeconds: 1, burst: 50 } };
  }
});
afterAll(() => desk.close());
beforeEach(async () => {
  await desk.sql`truncate events, event_keys, deliveries, attempts, replays, replay_items, reconciliations, findings,
    api_budgets, watches, leads, messages, campaigns cascade`;
  started = { smartlead: await smartleadRow.start(), heyreach: await heyreachRow.start() };
  Object.assign(process.env, {
    SMARTLEAD_API_KEY: started.smartlead.credentials.api_key,
    SMARTLEAD_API_URL: started.smartlead.fake.url,
    HEYREACH_API_KEY: started.heyreach.credentials.api_key,
    HEYREACH_API_URL: started.heyreach.fake.url,
  });
});
afterEach(async () => {
  await shiftClock(desk.sql, "0 seconds");
  await Promise.all(Object.values(started).map(({ fake }) => fake.close()));
});

const minutesAgo = (minutes: number) => new Date(Math.floor(Date.now() / 60_000 - minutes) * 60_000);

async function arrive(one: Expected): Promise<void> {
  const { accept } = await import("@/lib/pipeline/accept");
  const answer = await accept(requestOf("smartlead", JSON.parse(one.webhook?.body.toString() ?? "{}")));
  expect(answer.status, answer.body).toBe(200);
}

test("A run that repairs asks Smartlead to send again what failed, and a minute later whether that helped", async () => {
  const fake = started.smartlead.fake as SmartleadFake;
  started.smartlead.seed([minutesAgo(60), minutesAgo(59)]);
  (fake.campaigns[0] as { failed: number }).failed = 3;
  const span = { from_ts: minutesAgo(120).toISOString(), to_ts: minutesAgo(30).toISOString() };
  const dry = await reconcile(desk.sql, { provider_slug: "smartlead", ...span });
  await resendForEndedRuns();
  expect(fake.sentAgain).toEqual([]);
  expect((await getRun(desk.sql, dry.id)).resent).toBeNull();

  const run = await reconcile(desk.sql, { provider_slug: "smartlead", ...span, dry_run: false });
  await resendForEndedRuns();
  await resendForEndedRuns();
  expect(fake.sentAgain).toEqual([`90412 ${span.from_ts} ${span.to_ts}`]);
  expect((await getRun(desk.sql, run.id)).resent).toMatchObject({ asked: 3, failed_after: null, checked_at: null });

  (fake.campaigns[0] as { failed: number }).failed = 1;
  await shiftClock(desk.sql, "2 minutes");
  await resendForEndedRuns();
  await resendForEndedRuns();
  expect(fake.sentAgain).toHaveLength(1);
  expect((await getRun(desk.sql, run.id)).resent).toMatchObject({ asked: 3, failed_after: 1, problem: null });
  // Its requests are evidence of the run, without the key.
  const asked = await desk.sql`select url from api_requests where url like '%retrigger%'`;
  expect(asked).toHaveLength(1);
  expect(asked[0]?.url).not.toContain(started.smartlead.credentials.api_key);
});

test("Smartlead that refuses to send again is a reason on the run, and is not asked over and over", async () => {
  const fake = started.smartlead.fake as SmartleadFake;
  started.smartlead.seed([minutesAgo(60)]);
  const span = { from_ts: minutesAgo(120).toISOString(), to_ts: minutesAgo(30).toISOString() };
  const run = await reconcile(desk.sql, { provider_slug: "smartlead", ...span, dry_run: false });
  started.smartlead.rollKey();
  await resendForEndedRuns();
  const before = fake.requests.length;
  await resendForEndedRuns();
  expect(fake.requests.length).toBe(before);
  expect((await getRun(desk.sql, run.id)).resent?.problem).toContain("401");
});

test("The runbook's call answers its runs while they are under way when its time is over", async () => {
  started.smartlead.seed([minutesAgo(60)]);
  const asked = { provider_slug: "smartlead" as const, dry_run: true, waitMs: 300 };
  const answer = await reconcileCampaignsAndLeads(asked, ada);
  expect(isUnderWay(answer.status)).toBe(true);
  expect(answer).toMatchObject({ counts_are: "at_least", reconciliation_ids: [expect.stringMatching(/^rc_\d+$/)] });
  // It goes on without the caller.
  await workOnRuns(desk.sql);
  expect((await getRun(desk.sql, answer.reconciliation_ids[0] as string)).counts.missing).toBeGreaterThan(0);
});

test("The runbook's call with dry_run false answers when what it found was brought back", async () => {
  const expected = started.smartlead.seed(Array.from({ length: 6 }, (_, n) => minutesAgo(120 - n)));
  for (const one of expected.slice(0, 3)) await arrive(one);
  await workUntilIdle();
  let isOver = false;
  const call = reconcileCampaignsAndLeads({ provider_slug: "smartlead", dry_run: false }, ada).finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await workOnRuns(desk.sql);
    await deliverAndSettle();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const answer = await call;
  expect(answer).toMatchObject({ status: "completed", dry_run: false, missing: 0, counts_are: "exact" });
  expect(answer.repaired).toBeGreaterThanOrEqual(3);
  expect(await desk.sql`select from events where origin = 'reconstructed'`).toHaveLength(answer.repaired);
});

test("What HeyReach only counts stands beside the number of our own, over whole days, without the overlap before", async () => {
  const fake = started.heyreach.fake as HeyreachFake;
  fake.stats = { messagesSent: 5, inmailMessagesSent: 0, follows: 0, postLikes: 0, profileViews: 2 };
  const day = 86_400_000;
  const to = new Date(Math.floor(Date.now() / day - 1) * day);
  const from = new Date(to.getTime() - day);
  const { accept } = await import("@/lib/pipeline/accept");
  const { heyreachEvent } = await import("@/lib/providers/heyreach/sample");
  // Three within the day; one before it, which the overlap of the lists would include.
  for (const [n, at] of [
    from.getTime() + 1_000,
    from.getTime() + 60_000,
    to.getTime() - 1_000,
    from.getTime() - 60_000,
  ].entries()) {
    const body = heyreachEvent({
      type: "message_sent",
      campaign: 3301,
      at: at / 1000,
      body: { lead: { id: `l${n}` } },
    });
    expect((await accept(requestOf("heyreach", body))).status).toBe(200);
  }
  await desk.sql`update events set received_at = coalesce(occurred_at, received_at)`;
  const run = await reconcile(desk.sql, {
    provider_slug: "heyreach",
    from_ts: from.toISOString(),
    to_ts: to.toISOString(),
  });
  expect(run.status).toBe("completed");
  expect(run.counted).toContainEqual({ event_type: "message_sent", provider: 5, received: 3 });
  expect(run.counted).toContainEqual({ event_type: "viewed_profile", provider: 2, received: 0 });
  expect(run.counts).toMatchObject({ provider: 7, received: 3 });
});
