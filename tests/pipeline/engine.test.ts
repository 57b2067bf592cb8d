/** Long because it lists the guarantees of the replay engine, one test each, on one database. */

import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  controlReplay,
  createAndStartReplay,
  createReplay,
  type ReplayInput,
  startReplay,
} from "@/lib/commands/replays";
import type { Replay } from "@/lib/contract/replays";
import { call } from "@/lib/db/client";
import { chatwootEvent } from "@/lib/providers/chatwoot/sample";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { listDeadLetterGroups } from "@/lib/queries/dead-letters";
import { countEvents } from "@/lib/queries/events";
import { previewReplay } from "@/lib/queries/replay-preview";
import { getReplay, listReplayItems, summariseReplay } from "@/lib/queries/replays";
import { nextUuid } from "@/lib/samples/ids";
import { EVERYTHING, scopeOf } from "@/lib/scope";
import { ada } from "../support/actor";
import { type Desk, eventIdIn, openDesk, send, workUntilIdle } from "../support/desk";
import { seededRandom } from "../support/seed";
import { type AgentSdk, startAgentSdk } from "../tools/agent-sdk";

let desk: Desk;
let agent: AgentSdk;

beforeAll(async () => {
  agent = await startAgentSdk({ port: 0 });
  desk = await openDesk({ AGENT_SDK_URL: agent.url, CHATWOOT_WEBHOOK_MAX_ATTEMPTS: "1" });
});
afterAll(async () => {
  await desk.close();
  await agent.close();
});
afterEach(async () => {
  agent.setMode("ok");
  agent.received.length = 0;
  await desk.sql`truncate event_keys, events, deliveries, attempts, replays, replay_items, businesses, audit_logs, statistics, notices, destination_health, destination_statistics cascade`;
});

const ask = (request: Partial<ReplayInput> & Pick<ReplayInput, "selection">): ReplayInput => ({
  kind: "criteria",
  reason: "the agent was down",
  ...request,
});

/** Chatwoot events whose only attempt failed. */
async function deadMessages(
  count: number,
  overrides: (n: number) => Record<string, unknown> = () => ({}),
): Promise<number[]> {
  // Not a failure that counts against the endpoint: its circuit stays closed.
  agent.setMode("422");
  const ids: number[] = [];
  for (let n = 0; n < count; n += 1)
    ids.push(eventIdIn(await send("chatwoot", { ...chatwootEvent(), ...overrides(n) }, { id: nextUuid() })));
  await workUntilIdle();
  agent.setMode("ok");
  agent.received.length = 0;
  return ids;
}

const dead = { filter: { status: ["dead"] } };
const advance = () => call("pipeline", "advance_replays", {});

/** Runs a replay to its end, as the worker loop does. */
async function run(replay: Replay): Promise<Replay> {
  for (let round = 0; round < 200; round += 1) {
    await workUntilIdle();
    const current = (await getReplay(replay.id, EVERYTHING)) as Replay;
    if (current.completed_at) return current;
    await advance();
    // Batches wait for the clock, so a quick machine must not use up its rounds before the next is due.
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error("The replay did not end.");
}

describe("a draft", () => {
  test("is frozen: what runs is what was previewed, whatever arrives in between", async () => {
    await deadMessages(3);
    const draft = await createReplay(ask({ selection: dead }), ada);
    const preview = await previewReplay(draft, EVERYTHING);
    expect(preview).toMatchObject({ events: 3, to_run: 3, by: { provider: [{ value: "chatwoot", count: 3 }] } });
    await deadMessages(2);
    await startReplay(draft.id, ada);
    expect(await run(draft)).toMatchObject({ status: "completed", total: 3, succeeded: 3 });
    expect(agent.received).toHaveLength(3);
  });

  test("changes nothing until it is started", async () => {
    const [id] = await deadMessages(1);
    await createReplay(ask({ selection: dead }), ada);
    await advance();
    expect(await workUntilIdle()).toBe(0);
    expect(await desk.sql`select status, replay_count from events where id = ${id as number}`).toEqual([
      { status: "dead", replay_count: 0 },
    ]);
  });

  test("previews the exact rows, one change after the other, and leaves them as they are", async () => {
    const customer = "cus_preview";
    await desk.sql`update destinations set providers = '{}' where slug = 'stripe-tables'`;
    const first = stripeEvent({
      type: "customer.subscription.created",
      customer,
      created: 1_772_000_000,
      status: "trialing",
    });
    const second = stripeEvent({
      type: "customer.subscription.updated",
      customer,
      created: 1_772_000_100,
      status: "active",
    });
    for (const event of [first, second]) await send("stripe", event);
    await desk.sql`update destinations set providers = '{stripe}' where slug = 'stripe-tables'`;

    const draft = await createReplay(ask({ selection: { filter: { provider_slug: ["stripe"] } } }), ada);
    const { changes } = await previewReplay(draft, EVERYTHING);
    const rows = changes.rows.filter((row) => row.table === "businesses");
    expect(rows.map((row) => [row.effect, row.before?.subscription_status, row.after.subscription_status])).toEqual([
      ["created", undefined, "trialing"],
      ["updated", "trialing", "active"],
    ]);
    expect(await desk.sql`select count(*)::int from businesses`).toEqual([{ count: 0 }]);

    await startReplay(draft.id, ada);
    await run(draft);
    const done = (await listReplayItems(draft.id, { limit: 10 }, EVERYTHING)).flatMap((item) => item.changes);
    expect(done.filter((row) => row.table === "businesses")).toEqual(rows);
  });
});

describe("an item is skipped, with its reason,", () => {
  const reasons = async (replay: Replay) => (await summariseReplay(replay.id, EVERYTHING)).skip_reasons;

  test("when it was delivered already, unless the caller says otherwise", async () => {
    await send("chatwoot", chatwootEvent(), { id: nextUuid() });
    await workUntilIdle();
    const all = { filter: { provider_slug: ["chatwoot"] } };
    const careful = await createAndStartReplay(ask({ selection: all }), ada);
    expect(await run(careful)).toMatchObject({ status: "completed", skipped: 1, succeeded: 0 });
    expect(await reasons(careful)).toEqual({ already_applied: 1 });
    const bypass = await createAndStartReplay(ask({ selection: all, options: { skipAlreadyApplied: false } }), ada);
    expect(await run(bypass)).toMatchObject({ succeeded: 1 });
  });

  test("when the endpoint has a newer event of the same object", async () => {
    const update = (at: number) => chatwootEvent({ event: "conversation_updated", conversation: 12, id: 12, at });
    agent.setMode("503");
    await send("chatwoot", update(1_772_000_000), { id: nextUuid() });
    await workUntilIdle();
    agent.setMode("ok");
    await send("chatwoot", update(1_772_000_900), { id: nextUuid() });
    await workUntilIdle();
    const replay = await createAndStartReplay(ask({ selection: dead }), ada);
    expect(await reasons(replay)).toEqual({ superseded: 1 });
  });

  test("but never a message because a later one of its conversation got through", async () => {
    agent.setMode("503");
    await send("chatwoot", chatwootEvent({ conversation: 12, at: 1_772_000_000 }), { id: nextUuid() });
    await workUntilIdle();
    agent.setMode("ok");
    await send("chatwoot", chatwootEvent({ conversation: 12, at: 1_772_000_900 }), { id: nextUuid() });
    await workUntilIdle();
    expect(await run(await createAndStartReplay(ask({ selection: dead }), ada))).toMatchObject({
      succeeded: 1,
      skipped: 0,
    });
  });

  test("when its destination is paused", async () => {
    await deadMessages(1);
    await desk.sql`update destinations set paused_at = now() where slug = 'agent-sdk'`;
    const replay = await createAndStartReplay(ask({ selection: dead }), ada);
    await desk.sql`update destinations set paused_at = null`;
    expect(await reasons(replay)).toEqual({ destination_paused: 1 });
  });

  test("when it is too old, beside others that are not", async () => {
    const [old] = await deadMessages(2);
    await desk.sql`update events set received_at = now() - interval '31 days' where id = ${old as number}`;
    const replay = await createAndStartReplay(ask({ selection: dead }), ada);
    expect(await run(replay)).toMatchObject({ succeeded: 1, skipped: 1 });
    expect(await reasons(replay)).toEqual({ too_old: 1 });
  });
});

describe("a replay goes wrong and stops", () => {
  test("after its canary, with the rest untouched", async () => {
    await deadMessages(30);
    agent.setMode("503");
    const replay = await createAndStartReplay(ask({ selection: dead, options: { canary: 3 } }), ada);
    const ended = await run(replay);
    expect(ended).toMatchObject({ status: "stopped", failed: 3, skipped: 27, total: 30 });
    expect(ended.stopped_because).toBe("Trial: 3 of 3 failed, none may fail.");
    expect(agent.received).toHaveLength(3);
    expect(await desk.sql`select count(*)::int from events where replay_count > 0`).toEqual([{ count: 3 }]);
  });

  test("over its failure rate, with the rest untouched", async () => {
    await deadMessages(60);
    const replay = await createAndStartReplay(
      ask({ selection: dead, options: { batchSize: 5, stopOnFailureRate: 0.3 } }),
      ada,
    );
    await workUntilIdle();
    agent.setMode("422");
    const ended = await run(replay);
    expect(ended.status).toBe("stopped");
    const sent = agent.received.length;
    expect(ended).toMatchObject({ total: 60, skipped: 60 - sent });
    expect(sent).toBeLessThan(40);
    expect(await desk.sql`select count(*)::int from deliveries where status = 'pending'`).toEqual([{ count: 0 }]);
    expect(await desk.sql`select count(*)::int from deliveries where replay_id is null and status = 'dead'`).toEqual([
      { count: 60 - sent },
    ]);
  });

  test("goes on after a good canary", async () => {
    await deadMessages(12);
    const replay = await createAndStartReplay(ask({ selection: dead, options: { canary: 2 } }), ada);
    await workUntilIdle();
    expect(agent.received).toHaveLength(2);
    expect(await run(replay)).toMatchObject({ status: "completed", succeeded: 12 });
  });
});

describe("steering", () => {
  test("pause takes back what has not been claimed, resume goes on, and each item runs once", async () => {
    await deadMessages(20);
    const replay = await createAndStartReplay(ask({ selection: dead, options: { batchSize: 10 } }), ada);
    const paused = await controlReplay(replay.id, "pause", ada);
    expect(paused).toMatchObject({ status: "paused", in_progress: 0 });
    await advance();
    expect(await workUntilIdle()).toBe(0);
    expect(await desk.sql`select distinct status, replay_count from events`).toEqual([
      { status: "dead", replay_count: 0 },
    ]);
    await controlReplay(replay.id, "resume", ada);
    expect(await run(replay)).toMatchObject({ status: "completed", succeeded: 20 });
    expect(agent.received).toHaveLength(20);
  });

  test("cancel skips what has not run, and an ended replay cannot be steered [F16]", async () => {
    await deadMessages(8);
    const replay = await createAndStartReplay(
      ask({ selection: dead, options: { batchSize: 2, delayBetweenBatches: 60 } }),
      ada,
    );
    await workUntilIdle();
    expect(await controlReplay(replay.id, "cancel", ada)).toMatchObject({
      status: "cancelled",
      succeeded: 2,
      skipped: 6,
    });
    await expect(controlReplay(replay.id, "resume", ada)).rejects.toMatchObject({ code: "not_possible_now" });
    expect(await desk.sql`select status, count(*)::int from events group by 1 order by 1`).toEqual([
      { status: "dead", count: 6 },
      { status: "replayed", count: 2 },
    ]);
  });

  test("a replay scheduled for later waits", async () => {
    await deadMessages(1);
    const scheduledAt = new Date(Date.now() + 3_600_000).toISOString();
    const replay = await createAndStartReplay(
      ask({ selection: dead, options: { immediate: false, scheduledAt } }),
      ada,
    );
    await advance();
    expect(await workUntilIdle()).toBe(0);
    expect(await getReplay(replay.id, EVERYTHING)).toMatchObject({ status: "queued", started_at: null });
  });

  test("batches keep their pause, and a rate its pace", async () => {
    await deadMessages(9);
    const batched = await createAndStartReplay(
      ask({ selection: dead, options: { batchSize: 4, delayBetweenBatches: 1 } }),
      ada,
    );
    await workUntilIdle();
    await advance();
    await workUntilIdle();
    expect(agent.received).toHaveLength(4);
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    expect(await run(batched)).toMatchObject({ status: "completed", succeeded: 9 });
    const [first, last] = [agent.received[0]?.at ?? 0, agent.received[8]?.at ?? 0];
    expect(last - first).toBeGreaterThan(1_900);
  });
});

describe("order", () => {
  test("is kept per object: oldest first, strictly one after the other", async () => {
    await deadMessages(12, (n) => ({
      ...chatwootEvent({ event: "conversation_updated", conversation: n % 3, id: n % 3, at: 1_772_000_000 + n }),
      sequence: n,
    }));
    const replay = await createAndStartReplay(
      ask({ selection: dead, options: { preserveOriginalOrder: true, skipAlreadyApplied: false } }),
      ada,
    );
    expect(await run(replay)).toMatchObject({ succeeded: 12 });
    for (const conversation of [0, 1, 2]) {
      const order = agent.received
        .map((request) => JSON.parse(request.body.toString()))
        .filter((body) => body.id === conversation)
        .map((body) => body.sequence);
      expect(order).toEqual([...order].sort((a, b) => a - b));
    }
  });

  test("skips what follows a failure of the same object", async () => {
    await deadMessages(3, (n) =>
      chatwootEvent({ event: "conversation_updated", conversation: 5, id: 5, at: 1_772_000_000 + n }),
    );
    agent.setMode("422");
    const replay = await createAndStartReplay(ask({ selection: dead, options: { preserveOriginalOrder: true } }), ada);
    expect(await run(replay)).toMatchObject({ failed: 1, skipped: 2 });
    expect((await summariseReplay(replay.id, EVERYTHING)).skip_reasons).toEqual({ predecessor_failed: 2 });
    agent.setMode("ok");
    const retry = await createAndStartReplay(
      ask({
        kind: "failures",
        selection: { failures_of: Number(replay.id.slice(3)) },
        options: { preserveOriginalOrder: true },
      }),
      ada,
    );
    expect(await run(retry)).toMatchObject({ succeeded: 3 });
  });
});

describe("limits", () => {
  const limited = async (name: string, value: string, work: () => Promise<unknown>) => {
    process.env[name] = value;
    try {
      return await work();
    } finally {
      delete process.env[name];
    }
  };

  test("a bulk that is too big says by how much, and an explicit limit takes the oldest and reports the match [S36]", async () => {
    const ids = await deadMessages(6);
    await limited("REPLAY_MAX_EVENTS", "4", async () => {
      await expect(createAndStartReplay(ask({ selection: dead }), ada)).rejects.toMatchObject({
        code: "too_many",
        data: { matched: 6, limit: 4 },
      });
      const replay = await createAndStartReplay(ask({ selection: { ...dead, limit: 4 } }), ada);
      expect(replay).toMatchObject({ matched: 6, total: 4 });
      const items = await listReplayItems(replay.id, { limit: 10 }, EVERYTHING);
      expect(items.map((item) => Number(item.event_id.slice(3)))).toEqual(ids.slice(0, 4));
    });
  });

  test("everything too old is refused with the number of days", async () => {
    await deadMessages(1);
    await desk.sql`update events set received_at = now() - interval '31 days'`;
    await expect(createAndStartReplay(ask({ selection: dead }), ada)).rejects.toMatchObject({
      code: "too_old",
      data: { days: 30 },
    });
  });

  test("a merchant's hourly limit counts what was replayed and names the merchant [S36]", async () => {
    await deadMessages(5, () => ({ account: { id: 77, name: "Merchant" } }));
    await limited("REPLAY_MAX_PER_HOUR", "8", async () => {
      await run(await createAndStartReplay(ask({ selection: dead }), ada));
      agent.setMode("ok");
      await expect(
        createAndStartReplay(
          ask({ selection: { filter: { org_id: "77" } }, options: { skipAlreadyApplied: false } }),
          ada,
        ),
      ).rejects.toMatchObject({ code: "hourly_limit", data: { organisation: "77", limit: 8 } });
    });
  });

  test("a fourth replay of one merchant at the same time is refused [S36]", async () => {
    await deadMessages(4, () => ({ account: { id: 78, name: "Merchant" } }));
    const later = { immediate: false, scheduledAt: new Date(Date.now() + 60_000).toISOString() };
    for (let n = 0; n < 3; n += 1) await createAndStartReplay(ask({ selection: dead, options: later }), ada);
    await expect(createAndStartReplay(ask({ selection: dead, options: later }), ada)).rejects.toMatchObject({
      code: "concurrent_limit",
      data: { organisation: "78", used: 3, limit: 3 },
    });
  });
});

describe("an idempotency key", () => {
  test("makes one replay of thirty requests at once [F17]", async () => {
    await deadMessages(3);
    const replays = await Promise.all(
      Array.from({ length: 30 }, () => createAndStartReplay(ask({ selection: dead, idempotencyKey: "click-1" }), ada)),
    );
    expect(new Set(replays.map((replay) => replay.id)).size).toBe(1);
    expect(await run(replays[0] as Replay)).toMatchObject({ total: 3, succeeded: 3 });
    expect(await desk.sql`select count(*)::int from replays`).toEqual([{ count: 1 }]);
  });

  test("is refused for a replay of something else", async () => {
    const [id] = await deadMessages(2);
    await createAndStartReplay(ask({ selection: dead, idempotencyKey: "click-2" }), ada);
    await expect(
      createAndStartReplay(ask({ selection: { event_ids: [id as number] }, idempotencyKey: "click-2" }), ada),
    ).rejects.toMatchObject({ code: "key_reused" });
  });
});

describe("afterwards", () => {
  test("failures can be retried alone, and only some classes of them", async () => {
    await deadMessages(4);
    agent.setMode("422");
    const first = await run(await createAndStartReplay(ask({ selection: dead }), ada));
    expect((await summariseReplay(first.id, EVERYTHING)).failures).toMatchObject([
      { error_class: "http_422", http_status: 422, count: 4 },
    ]);
    agent.setMode("ok");
    const failures_of = Number(first.id.slice(3));
    await expect(
      createAndStartReplay(ask({ kind: "failures", selection: { failures_of, error_classes: ["timeout"] } }), ada),
    ).rejects.toMatchObject({ code: "no_event_matches" });
    const second = await createAndStartReplay(
      ask({ kind: "failures", selection: { failures_of, error_classes: ["http_422"] } }),
      ada,
    );
    expect(await run(second)).toMatchObject({ status: "completed", total: 4, succeeded: 4 });
  });

  test("the asker is told how it ended, when asked for", async () => {
    await deadMessages(1);
    await run(await createAndStartReplay(ask({ selection: dead, options: { notifyOnCompletion: true } }), ada));
    const notices = await call("console", "list_notices", {
      ...scopeOf(EVERYTHING),
      p_actor_id: ada.actor.id,
    });
    expect(notices[0]?.message).toContain("1 of 1 succeeded");
  });

  test("a person may mark failed events as handled, and only those", async () => {
    const [first, second] = (await deadMessages(2)) as [number, number];
    const resolve = (ids: number[]) =>
      call("console", "resolve_events", {
        ...scopeOf(EVERYTHING),
        p_event_ids: ids,
        p_reason: "refunded by hand",
        p_actor: "Ada",
        p_actor_id: "s",
        p_request_id: "r",
      });
    expect(await resolve([first])).toBe(1);
    expect(await resolve([first])).toBe(0);
    expect(await desk.sql`select id::int, status from events order by id`).toEqual([
      { id: first, status: "resolved" },
      { id: second, status: "dead" },
    ]);
  });
});

test("a preview equals its execution on fifty random filters", async () => {
  agent.setMode("422");
  for (let n = 0; n < 80; n += 1) {
    if (n % 3)
      await send("chatwoot", { ...chatwootEvent({ conversation: n % 7 }), account: { id: n % 4 } }, { id: nextUuid() });
    else
      await send(
        "stripe",
        stripeEvent({
          type: n % 2 ? "invoice.payment_failed" : "customer.subscription.updated",
          customer: `cus_${n % 5}`,
          created: 1_772_000_000 + n,
        }),
      );
    if (n === 40) {
      await workUntilIdle();
      agent.setMode("ok");
    }
  }
  await workUntilIdle();
  Object.assign(process.env, { REPLAY_MAX_PER_HOUR: "100000" });
  const random = seededRandom();
  const pick = <T>(...options: T[]) => options[Math.floor(random() * options.length)] as T;
  const causes = (await listDeadLetterGroups(EVERYTHING)).groups.map(({ error_group }) => error_group);
  expect(causes.length).toBeGreaterThan(0);
  for (let round = 0; round < 50; round += 1) {
    const filter = Object.fromEntries(
      Object.entries({
        provider_slug: pick(undefined, ["stripe"], ["chatwoot"], ["stripe", "chatwoot"]),
        status: pick(undefined, ["dead"], ["processed", "replayed"], ["dead", "failed"]),
        org_id: pick(undefined, undefined, "1", "2"),
        q: pick(undefined, undefined, "0", "fixture"),
        destination: pick(undefined, undefined, ["agent-sdk"], ["stripe-tables", "nowhere"]),
        delivery_status: pick(undefined, undefined, ["dead"], ["dead", "delivered"]),
        http_status: pick(undefined, undefined, ["503"], ["2xx", "5xx"]),
        error_group: pick(undefined, undefined, undefined, causes),
        attempts: pick(undefined, undefined, 1, 2),
        trust: pick(undefined, undefined, ["signed"], ["signed", "token"]),
        replayed: pick(undefined, undefined, "0", "1"),
        text: pick(undefined, undefined, "conversation", "cus_"),
      }).filter(([, value]) => value !== undefined),
    );
    const skipAlreadyApplied = pick(true, false);
    const request = ask({ selection: { filter }, options: { skipAlreadyApplied } });
    const draft = await createReplay(request, ada).catch(() => null);
    if (!draft) continue;
    const preview = await previewReplay(draft, EVERYTHING);
    // A replay takes exactly the events that the history shows.
    expect(preview.events).toBe(await countEvents(filter, EVERYTHING));
    const planned = (await listReplayItems(draft.id, { limit: 500 }, EVERYTHING)).filter(
      (item) => item.outcome === null,
    );
    await startReplay(draft.id, ada);
    const ended = await run(draft);
    const ran = (await listReplayItems(draft.id, { limit: 500 }, EVERYTHING)).filter(
      (item) => item.outcome !== "skipped",
    );
    expect(ran.map((item) => item.delivery_id)).toEqual(planned.map((item) => item.delivery_id));
    expect(ended.succeeded + ended.failed).toBe(preview.to_run);
    expect(ended.total).toBe(preview.deliveries);
    const changed = ran.flatMap((item) => item.changes).filter((c) => c.effect === "created" || c.effect === "updated");
    expect(changed).toHaveLength(preview.changes.created + preview.changes.updated);
  }
});
