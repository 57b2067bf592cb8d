/**
 * lib/db/functions declares what SQL answers; here SQL is asked. A schema must fit the declared type (tsc checks it), and the
 * answer must fit the schema. What the API passes on is read with the API's own schemas.
 * Long because it asks every SQL function.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { auditPage } from "@/lib/contract/api/audit";
import { channel } from "@/lib/contract/api/channels";
import { deadLetters, railCounts } from "@/lib/contract/api/dead-letters";
import { destination, destinationDeliveryPage } from "@/lib/contract/api/destinations";
import { eventDetail } from "@/lib/contract/api/event-answers";
import { eventPage } from "@/lib/contract/api/event-summary";
import { deepHealth } from "@/lib/contract/api/health";
import { eventHistogram } from "@/lib/contract/api/history";
import { kpiFigures } from "@/lib/contract/api/kpis";
import { merchantEvent } from "@/lib/contract/api/merchant-answers";
import { notificationPage } from "@/lib/contract/api/notifications";
import { analytics } from "@/lib/contract/api/overview";
import { eventNeighbours, relatedEvents } from "@/lib/contract/api/related-events";
import { replay, replayPage, replaySummary } from "@/lib/contract/api/replay-answers";
import { replayItem } from "@/lib/contract/api/replay-items";
import { replayPreview } from "@/lib/contract/api/replay-preview";
import { retentionClass, storedRetention } from "@/lib/contract/api/retention";
import { searchAnswer } from "@/lib/contract/api/search";
import { source, sourceProviders } from "@/lib/contract/api/sources";
import {
  changeResult,
  channelKind,
  errorClass,
  incidentSeverity,
  notificationKind,
  time,
} from "@/lib/contract/api/values";
import { numberInId } from "@/lib/contract/ids";
import { TOPICS } from "@/lib/contract/live";
import { completeOptions } from "@/lib/contract/replay-options";
import { call } from "@/lib/db/client";
import type { Claim } from "@/lib/db/functions/journey";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { EVERYTHING, scopeOf } from "@/lib/scope";
import { type Desk, eventIdIn, openDesk, send, workUntilIdle } from "../support/desk";
import { addDestination, type Endpoint, publish, startEndpoint } from "../support/endpoint";

const all = scopeOf(EVERYTHING);
const ada = { p_actor: "Ada", p_actor_id: "staff-1", p_request_id: "request-1", ...all };
const LIMITS = { max_events: 100, max_age_days: 30 };

let desk: Desk;
let endpoint: Endpoint;
/** An event that its `tables` destination received, with an attempt and row changes. */
let delivered: number;
let shop: number;
let draft: number;

beforeAll(async () => {
  desk = await openDesk();
  endpoint = await startEndpoint();
  endpoint.answer(422);
  shop = await addDestination(desk.sql, "shop", endpoint.url, { max_attempts: 1 });
  await publish(desk.sql, "shop", 2);
  delivered = eventIdIn(await send("stripe", stripeEvent({ type: "invoice.payment_failed" })));
  await workUntilIdle();
  const made = await call("console", "create_replay", {
    p_kind: "criteria",
    p_selection: { filter: {} },
    p_options: completeOptions({ skipAlreadyApplied: false }, "criteria"),
    p_limits: LIMITS,
    p_reason: "to see what it answers",
    p_idempotency_key: null,
    ...ada,
  });
  if (made.result !== "created") throw new Error(`The draft was refused: ${made.result}.`);
  replay.parse(made.replay);
  draft = numberInId(made.replay.id);
});
afterAll(async () => {
  await endpoint.close();
  await desk.close();
});

/** The schema fits the declared type, or this does not compile; the answer fits the schema. */
function agree<Answer>(answer: Answer, schema: z.ZodType<Answer>): void {
  const read = schema.safeParse(answer);
  expect(read.success ? "" : z.prettifyError(read.error)).toBe("");
}

const told = z.strictObject({
  ...{ id: z.string(), rule: z.string(), rule_id: z.string(), kind: z.string(), severity: incidentSeverity },
  ...{ summary: z.string(), explain: z.record(z.string(), z.unknown()), provider_slug: z.string().nullable() },
  ...{ event_type: z.string().nullable(), org_id: z.string().nullable(), destination_id: z.string().nullable() },
  ...{ destination: z.string().nullable(), fired_at: time, resolved_at: time.nullable() },
  ...{ acknowledged_at: time.nullable(), acknowledged_by: z.string().nullable(), incident_id: z.string().nullable() },
});
const claimedMessage = z.strictObject({
  id: z.int(),
  kind: notificationKind,
  notifications: z.array(z.strictObject({ id: z.int(), fence: z.int() })).min(1),
  channel: z
    .strictObject({
      ...{ id: z.int(), kind: channelKind, name: z.string(), settings: z.record(z.string(), z.unknown()) },
      secrets: z.record(z.string(), z.string()),
    })
    .nullable(),
  person: z.strictObject({ name: z.string(), email: z.string() }).nullable(),
  updates: z.string().nullable(),
  alerts: z.array(told).min(1),
  replay: z.null(),
  content: z.null(),
});
const pairs = z.array(z.tuple([z.string(), z.string()]));
const text = z.string().nullable();

describe("the journey", () => {
  const projectable = {
    id: z.int(),
    provider: z.string(),
    event_key: z.string(),
    event_type: z.string(),
    received_at: z.string(),
    occurred_at: text,
    organisation_id: text,
    company_id: text,
    livemode: z.boolean().nullable(),
    settings: z.record(z.string(), z.string()).nullable(),
    shop: z.string().nullable(),
    body: z.string(),
    content_encoding: text,
  };
  const work = z.strictObject({
    delivery_id: z.int(),
    fence: z.int(),
    attempt_id: z.int(),
    attempt_number: z.int(),
    try: z.int(),
    replay_id: z.int().nullable(),
    event: z.object({ ...projectable, headers: pairs, content_type: text, traceparent: text }),
    destination: z.object({
      id: z.int(),
      slug: z.string(),
      kind: z.enum(["tables", "http"]),
      url: text,
      headers: z.record(z.string(), z.string()),
      secrets: z.array(z.object({ ciphertext: z.string(), created_at: z.string(), expires_at: text })),
      timeout_ms: z.int(),
      max_attempts: z.int(),
      base_delay_ms: z.int(),
      backoff_factor: z.number(),
    }),
    pace: z.enum(["proven", "unproven", "slow"]),
  });
  const claim = z.strictObject({
    work: z.array(work),
    next_due_ms: z.number().nullable(),
    waiting: z.array(z.int()),
  });

  test("a claim, its record, and the claim of nothing are what is declared", async () => {
    await send("stripe", stripeEvent({ type: "invoice.payment_failed" }));
    const ask = { p_worker: "w", p_limit: 10, p_lease_seconds: 30 };
    const claimed: Claim = await call("pipeline", "claim_deliveries", ask);
    agree(claimed, claim.extend({ work: z.array(work).min(1) }));
    const [first] = claimed.work;
    if (!first) return;
    const result = { delivery_id: first.delivery_id, fence: first.fence, delivered: true, duration_ms: 1, changes: [] };
    const recorded = z.strictObject({
      delivery_id: z.int(),
      recorded: z.boolean(),
      busy: z.boolean().optional(),
      status: z.enum(["delivered", "dead", "retrying"]).optional(),
      error_class: errorClass.nullish(),
      error: z.string().nullish(),
    });
    agree(await call("pipeline", "record_attempts", { p_results: [result] }), z.array(recorded).min(1));
    agree(
      await call("pipeline", "record_attempts", { p_results: [{ ...result, fence: 0 }] }),
      z.array(recorded).min(1),
    );
    agree(await call("pipeline", "claim_deliveries", ask), claim);
  });

  test("items of a replay can be projected, and their changes previewed", async () => {
    const items = z.strictObject({
      position: z.int(),
      kind: z.enum(["tables", "http"]),
      event: z.object(projectable),
    });
    const page = { p_replay_id: draft, p_after: 0, p_limit: 10, ...all };
    agree(await call("console", "list_projectable_items", page), z.array(items).min(1));
    const change = { table: "businesses", key: { stripe_customer_id: "cus_1" }, values: {}, version: "1" };
    agree(await call("console", "preview_changes", { p_changes: [change] }), z.array(changeResult).min(1));
  });

  test("the tokens of sources, and what is asked of a sealed destination", async () => {
    const hash = "ab".repeat(32);
    const p_source = { provider: "stripe", name: "Stripe of a tenant", token_hash: hash, token_hint: "abcd" };
    const made = await call("console", "create_source", { p_source, ...ada });
    if ("refused" in made) throw new Error(made.refused);
    agree(made, source.omit({ url: true }));
    const token = z.strictObject({
      id: z.int(),
      provider: z.string(),
      organisation_id: text,
      company_id: text,
      settings: z.record(z.string(), z.string()),
      token_hash: z.hash("sha256"),
      previous_token_hash: text,
      previous_ends_in_ms: z.number().nullable(),
      max_per_minute: z.int().nullable(),
    });
    agree(await call("door", "list_source_tokens", {}), z.array(token).min(1));
    const seen = sourceProviders.shape.providers.element.pick({
      last_event: true,
      events_24h: true,
      last_rejection: true,
      rejections_24h: true,
    });
    const listed = await call("console", "list_sources", { p_providers: ["stripe", "telnyx"], ...all });
    agree(listed, z.record(z.string(), seen.extend({ sources: z.array(source.omit({ url: true })) })));
    const sealed = z.strictObject({
      id: z.int(),
      slug: z.string(),
      secrets: z.array(z.object({ ciphertext: z.string(), expires_at: text })),
      headers: z.record(z.string(), z.string()),
      kind: z.enum(["tables", "http"]),
      managed: z.boolean(),
      url: text,
      timeout_ms: z.int(),
      organisation_id: text,
    });
    agree(await call("console", "get_sealed_destination", { p_id: shop, ...all }), sealed.nullable());
  });
});

test("of retention", async () => {
  const nothing = { p_class: "bodies", p_after: 0, p_before: null, p_limit: 10 } as const;
  agree(await call("console", "read_retention", all), storedRetention);
  const change = { p_class: "bodies", p_organisation_id: null, p_inherits: false, p_confirmed: false } as const;
  const changed = z.union([
    z.strictObject({ result: z.enum(["done", "beyond_scope"]) }),
    z.strictObject({ result: z.literal("confirm"), rows: z.int() }),
  ]);
  agree(await call("console", "change_retention", { ...change, p_days: 4000, ...ada }), changed);
  agree(
    await call("pipeline", "list_forgettable", nothing),
    z.strictObject({ ids: z.array(z.int()), last: z.int(), ended: z.boolean() }),
  );
  for (const p_class of retentionClass.options) {
    const rows = await call("pipeline", "read_forgettable", { p_class, p_ids: [delivered] });
    agree(rows, z.array(z.record(z.string(), z.unknown())));
    const gone = z.strictObject({ result: z.enum(["done", "busy"]), rows: z.literal(0) });
    agree(await call("pipeline", "forget_rows", { p_class, p_ids: [delivered], p_file: null }), gone);
  }
  agree(await call("pipeline", "find_forgettable_bodies", { p_after: -1 }), z.null());
  agree(
    await call("pipeline", "drop_bodies", { p_name: "none", p_exported: null, p_file: null }),
    z.strictObject({ result: z.enum(["dropped", "kept", "busy"]), rows: z.int() }),
  );
  agree(
    await call("health", "read_retention_health", {}),
    z.strictObject({ ahead: z.int(), problem: z.string().nullable() }),
  );
});

describe("reads", () => {
  test("of events", async () => {
    const page = { p_filter: {}, p_limit: 10, p_cursor: null, p_after: null, ...all };
    agree(await call("console", "list_events", page), eventPage);
    const { attempts, ...delivery } = eventDetail.shape.deliveries.element.shape;
    const attempt = attempts.element.omit({ response_body: true }).extend({ response_body_base64: text });
    const stored = eventDetail
      .omit({ body_covered: true, content_base64: true })
      .extend({ deliveries: z.array(z.object({ ...delivery, attempts: z.array(attempt).min(1) })).min(1) });
    agree(await call("console", "get_event", { p_id: delivered, ...all }), stored.nullable());
    agree(await call("console", "get_event", { p_id: 987_654, ...all }), z.null());
    agree(await call("console", "event_neighbours", { p_id: delivered, p_filter: {}, ...all }), eventNeighbours);
    agree(await call("console", "list_related_events", { p_id: delivered, ...all }), relatedEvents);
    agree(await call("console", "read_event_histogram", { p_filter: { range: "1h" }, ...all }), eventHistogram);
    const merchants = await call("console", "list_merchant_events", {
      p_filter: {},
      p_limit: 10,
      p_cursor: null,
      ...all,
    });
    agree(merchants, z.strictObject({ events: z.array(merchantEvent).min(1), next_cursor: text }));
  });

  test("of replays", async () => {
    agree(await call("console", "get_replay", { p_id: draft, ...all }), replay.nullable());
    const page = { p_filter: { status: ["draft" as const] }, p_limit: 10, p_cursor: null, ...all };
    agree(await call("console", "list_replays", page), replayPage);
    const items = { p_replay_id: draft, p_outcome: null, p_after: 0, p_limit: 10, ...all };
    agree(await call("console", "list_replay_items", items), z.array(replayItem).min(1));
    const progress = { holds: true, trial: true } as const;
    agree(await call("console", "summarise_replay", { p_id: draft, ...all }), replaySummary.omit(progress));
    agree(await call("console", "read_replay_progress", { p_id: draft, ...all }), replaySummary.pick(progress));
    const counted = replayPreview.omit({ changes: true, impact: true, holds: true, estimated_seconds: true });
    agree(await call("console", "preview_replay", { p_id: draft, ...all }), counted.extend({ average_ms: z.number() }));
  });

  test("of destinations and dead letters", async () => {
    const health = { health: true, state: true, hold: true } as const;
    agree(await call("console", "list_destinations", all), z.array(destination.omit(health)).min(1));
    agree(
      await call("console", "read_health", { p_destination_ids: [shop] }),
      z.record(z.string(), destination.pick(health)),
    );
    const deliveries = { p_id: shop, p_limit: 10, p_cursor: null, ...all };
    agree(await call("console", "list_destination_deliveries", deliveries), destinationDeliveryPage);
    agree(await call("console", "list_dead_letter_groups", { p_limit: 10, ...all }), deadLetters);
    agree(
      await call("console", "read_nav_counts", all),
      railCounts.pick({ dead_letters: true, running_replays: true }),
    );
  });

  test("of channels and what they are told", async () => {
    const [made] = await desk.sql`with c as (
      insert into channels (kind, name) values ('teams', 'On call') returning id
    ), r as (
      insert into alert_rules (kind, name, settings, severity) values ('silence', 'Silence', '{}', 'P1') returning id
    ), a as (
      insert into alerts (rule_id, kind, severity, summary, explain) select id, 'silence', 'P1', 'Quiet', '{}' from r
      returning id
    )
    insert into notifications (channel_id, kind, alert_id, group_key) select c.id, 'fired', a.id, 'x' from c, a
    returning channel_id::int as channel`;
    agree(await call("console", "list_channels", all), z.array(channel).min(1));
    const page = { p_id: made?.channel, p_limit: 5, p_after: null, ...all };
    agree(await call("console", "list_channel_notifications", page), notificationPage.nullable());
    agree(
      await call("pipeline", "claim_notifications", { p_limit: 5, p_lease_seconds: 60 }),
      z.array(claimedMessage).min(1),
    );
  });

  test("of the overview, the audit log and the changes", async () => {
    const hour = { p_from: new Date(Date.now() - 3_600_000).toISOString(), p_to: new Date().toISOString() };
    const read = await call("console", "read_analytics", { ...hour, p_bucket_seconds: 60, ...all });
    agree(read, analytics.omit({ range: true, total_processed: true, success_rate: true, missing_secrets: true }));
    agree(
      await call("console", "search_everything", { p_query: "shop", p_words: ["shop"], p_limit: 5, ...all }),
      searchAnswer,
    );
    agree(await call("console", "list_actions", { p_filter: {}, p_limit: 10, ...all }), auditPage);
    const ids = z.array(z.int()).nullable();
    agree(
      await call("console", "changes_since", all),
      z.strictObject({
        cursor: z.string(),
        reset: z.boolean(),
        topics: z.array(z.enum(TOPICS)),
        event_ids: ids,
        replay_ids: ids,
      }),
    );
    const { totals, days, organisations } = await call("console", "read_kpis", { ...hour, ...all });
    agree(totals, kpiFigures);
    agree(days, z.array(z.strictObject({ day: z.string(), ...kpiFigures.shape })));
    agree(organisations, z.array(z.strictObject({ organisation_id: z.string(), ...kpiFigures.shape })));
    agree(
      await call("health", "read_signs_of_life", { p_providers: ["stripe", "shopify"] }),
      deepHealth.pick({ workers: true, last_event_at: true }),
    );
    expect(await call("health", "move_metric_totals", {})).toBe(false);
    const counted = z.strictObject({ outcome: z.string(), count: z.int(), provider: z.string() });
    const durations = { duration_ms: z.int(), latency: z.array(z.int()) };
    agree(
      await call("health", "read_metrics", { p_providers: ["stripe"] }),
      z.strictObject({
        requests: z.array(counted),
        events: z.array(counted),
        applied: z.strictObject({ ...durations, bounds: z.array(z.int()) }),
        attempts: z.array(
          z.strictObject({ kind: z.string(), outcome: z.string(), error_class: z.string(), count: z.int() }),
        ),
        attempt_bounds: z.array(z.int()),
        attempt_durations: z.array(z.strictObject({ kind: z.string(), ...durations })),
        replay_items: z.record(z.string(), z.int()),
        notifications: z.array(z.strictObject({ channel: z.string(), outcome: z.string(), count: z.int() })),
        waiting: analytics.shape.waiting,
        dead_letters: z.int(),
        replays_running: z.int(),
        providers: z.array(
          z.strictObject({
            provider: z.string(),
            last_event_at: time.nullable(),
            last_complete_at: time.nullable(),
            missing: z.int(),
            oldest_missing_at: time.nullable(),
          }),
        ),
        alerts_firing: z.record(z.string(), z.int()),
      }),
    );
    agree(
      await call("health", "read_condition", {}),
      z.strictObject({
        ...analytics.pick({ waiting: true, dead_letters: true, running_replays: true, events_stored: true }).shape,
        at: time,
        read_only: z.boolean(),
        standby: z.boolean(),
        requests: z.array(z.strictObject({ provider: z.string(), accepted: z.int(), rejected: z.int() })),
      }),
    );
  });
});
