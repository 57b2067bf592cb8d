/** For the showroom: a Stripe that sent less than it has, a run that found it, and findings of every kind. */
import type postgres from "postgres";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { requestOf } from "../fixtures/sign";
import { until } from "../support/processes";
import { type StripeFake, startStripe } from "../support/provider-apis/stripe";

const HOUR_S = 3_600;
const SENT = 38;
const LOST = 6;

export interface QuietStripe {
  fake: StripeFake;
  /** For the app that asks it. */
  environment: Record<string, string>;
}

export async function startQuietStripe(): Promise<QuietStripe> {
  const fake = await startStripe();
  return { fake, environment: { STRIPE_SECRET_KEY: fake.key, STRIPE_API_URL: fake.url } };
}

type Api = <Answer>(method: string, path: string, body?: unknown) => Promise<Answer>;

/** Returns the ids of a run that found what was lost, and of one that could not read everything. */
export async function loseSome({ fake }: QuietStripe, url: string, api: Api, sql: postgres.Sql) {
  const now = Math.floor(Date.now() / 1000);
  const types = ["invoice.payment_succeeded", "customer.subscription.updated", "invoice.payment_failed"] as const;
  const events = Array.from({ length: SENT + LOST }, (_, n) =>
    stripeEvent({
      id: `evt_1Ql${(7_919 * (n + 11)).toString(36)}Cx8vTq`,
      type: types[n % types.length],
      created: now - HOUR_S - n * 1_700,
      customer: `cus_R${(n * 97).toString(36)}`,
      subscription: `sub_R${(n * 89).toString(36)}`,
    }),
  );
  fake.add(events);
  fake.endpoints.push({
    ...{ id: "we_1QlRecovery", status: "disabled", api_version: null },
    ...{ url: `${url}/api/webhooks/stripe`, enabled_events: ["invoice.*", "customer.subscription.*"] },
  });
  for (const [n, event] of events.entries()) {
    if (n % 7 === 3) continue;
    const { path, headers, body } = requestOf("stripe", event);
    await fetch(url + path, { method: "POST", headers: headers as [string, string][], body: new Uint8Array(body) });
  }
  const { reconciliation_id: found } = await api<{ reconciliation_id: string }>("POST", "/api/reconciliations", {
    provider_slug: "stripe",
    from_ts: new Date((now - 86_400) * 1000).toISOString(),
    to_ts: new Date(now * 1000).toISOString(),
  });
  await until("the run has ended", async () => {
    const run = await api<{ status: string }>("GET", `/api/reconciliations/${found}`);
    return run.status !== "queued" && run.status !== "running";
  });
  await addOtherKinds(sql, Number(found.slice(3)));
  return { found, partial: await addPartialRun(sql) };
}

async function addOtherKinds(sql: postgres.Sql, run: number): Promise<void> {
  await sql`
    insert into findings (reconciliation_id, provider, kind, state, identity, event_key, event_type, object_id, occurred_at,
      origin, body, headers, rejection_id, difference, detail, event_id, closed_at)
    select ${run}, 'stripe', x.kind::finding_kind, x.state::finding_state, x.key, x.key, x.type, x.object,
      now() - x.ago::interval, 'provider_api', convert_to(x.body, 'UTF8'), '[]', case when x.kind = 'rejected' then (
        select r.id from rejections r where r.provider = 'stripe' order by r.id desc limit 1
      ) end, x.difference::jsonb, x.detail, case when x.kind = 'drifted' then (
        select e.id from events e where e.provider = 'stripe' order by e.id limit 1
      ) end, case when x.state <> 'open' then now() - interval '20 minutes' end
    from (values
      ('rejected', 'open', 'evt_1QlqRej3Cx8vTq', 'charge.refunded', 'ch_9Kd2', '3 hours', '{"id":"evt_1QlqRej3Cx8vTq"}',
        null, 'It came with a signature of another secret.'),
      ('drifted', 'open', 'evt_1QlqDri7Cx8vTq', 'customer.subscription.updated', 'sub_R2kf', '5 hours',
        '{"id":"evt_1QlqDri7Cx8vTq","data":{"object":{"id":"sub_R2kf","status":"past_due"}}}',
        '[{"table":"subscriptions","key":{"stripe_subscription_id":"sub_R2kf"},"column":"status","ours":"active","provider":"past_due"}]',
        null),
      ('unrecoverable', 'open', 'evt_1QlqUnr1Cx8vTq', 'customer.deleted', 'cus_8Xa', '9 hours', null, null,
        'Stripe keeps no content of deleted customers.'),
      ('missing', 'late', 'evt_1QlqLat5Cx8vTq', 'invoice.payment_succeeded', 'in_77', '2 hours', '{}', null, null),
      ('missing', 'repaired', 'evt_1QlqRep8Cx8vTq', 'invoice.payment_succeeded', 'in_78', '2 hours', '{}', null, null)
    ) x(kind, state, key, type, object, ago, body, difference, detail)`;
}

async function addPartialRun(sql: postgres.Sql): Promise<string> {
  const [run] = await sql`
    insert into reconciliations (provider, started_by, status, from_ts, to_ts, actor, actor_id, reason, listed, received,
      started_at, completed_at)
    values ('shopify', 'schedule', 'partial', now() - interval '26 hours', now() - interval '24 hours', 'Redrive', 'redrive',
      'Shopify answered 401: the key is not valid any more.', 212, 210, now() - interval '41 minutes',
      now() - interval '40 minutes')
    returning id`;
  const id = run?.id as number;
  await sql`
    insert into reconciliation_windows (reconciliation_id, from_ts, to_ts, status, problem)
    values (${id}, now() - interval '26 hours', now() - interval '25 hours', 'done', null),
      (${id}, now() - interval '25 hours', now() - interval '24 hours', 'failed', 'Shopify answered 401.')`;
  await sql`
    insert into findings (reconciliation_id, provider, kind, identity, logical_key, event_type, object_id, occurred_at, origin,
      body, headers)
    select ${id}, 'shopify', 'missing', 'orders/' || n, 'order 5001' || n || ' 2026-11-29T10:0' || n || ':00Z',
      'orders/updated', '5001' || n, now() - interval '25 hours', 'reconstructed',
      convert_to('{"id": 5001' || n || ', "financial_status": "paid", "total_price": "49.00"}', 'UTF8'), '[]'
    from generate_series(1, 2) n`;
  await sql`
    insert into api_requests (reconciliation_id, provider, method, url, status_code, provider_request_id, entries, problem,
      milliseconds)
    values (${id}, 'shopify', 'POST', 'https://nord-outfitters.myshopify.com/admin/api/2026-10/graphql.json', 200,
        '0f6c2c4e-9b0a-4c0e-8f3c-3f6f1c9a77d1', 212, null, 840),
      (${id}, 'shopify', 'POST', 'https://nord-outfitters.myshopify.com/admin/api/2026-10/graphql.json', 401,
        '8c1d5a77-52f5-4f5e-a9a2-0be2f3f0c1aa', null, 'Shopify answered 401: the key is not valid any more.', 120)`;
  return `rc_${id}`;
}
