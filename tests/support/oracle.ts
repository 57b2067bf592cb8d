/**
 * What must hold after faults, judged by three ledgers that are not the product: what senders heard, what the sink
 * received, and what the tables hold now. The numbers are those of the invariants this project is tested against.
 */
import type postgres from "postgres";
import { Webhook } from "standardwebhooks";
import type { ReceivedRequest } from "../tools/agent-sdk";
import type { Sent } from "./load";

export interface Evidence {
  sql: postgres.Sql;
  ledger: Sent[];
  sink: ReceivedRequest[];
  /** The secret that our requests to the sink are signed with. */
  sinkSecret: string;
  leaseSeconds: number;
}

/** Per invariant, what breaks it: all lists are empty when all is well. */
export type Verdict = Record<string, string[]>;

export interface Figures {
  acknowledged: number;
  unknown: number;
  lost: number;
  duplicated: number;
  /** 2xx answers of the sink after the first, per delivery. */
  sinkExtra: number;
}

/** Waits until nothing is leased or due, for at most `limitMs`. The verdict says when that was not reached. */
export async function quiesce(sql: postgres.Sql, limitMs: number): Promise<void> {
  for (const giveUp = Date.now() + limitMs; Date.now() < giveUp; ) {
    const [row] =
      await sql`select count(*)::int as open from deliveries where status in ('pending', 'claimed', 'retrying')`;
    if (row?.open === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

export async function judge({
  sql,
  ledger,
  sink,
  sinkSecret,
  leaseSeconds,
}: Evidence): Promise<{ verdict: Verdict; figures: Figures }> {
  const events = await readEvents(sql);
  const deliveries = await readDeliveries(sql);
  const sent = new Map(ledger.map((entry) => [nameOf(entry.provider, entry.key), entry]));
  const received = groupBy(sink, (request) => request.id ?? "");
  const stored = groupBy(events, (event) => nameOf(event.provider, event.key));

  const lost = ledger.filter((entry) => entry.acknowledged && !stored.has(nameOf(entry.provider, entry.key)));
  const twice = [...stored].filter(([, rows]) => rows.length > 1);
  const verdict: Verdict = {
    "I1 every acknowledged event is stored with the bytes that were sent": [
      ...lost.map((entry) => `${entry.provider} ${entry.key} is lost`),
      ...ledger
        .filter((entry) => entry.acknowledged)
        .flatMap((entry) => (stored.get(nameOf(entry.provider, entry.key)) ?? []).map((row) => [entry, row] as const))
        .filter(([entry, row]) => row.sha256 !== entry.sha256 || row.stored_sha256 !== entry.sha256)
        .map(([entry]) => `${entry.provider} ${entry.key} has other bytes`),
    ],
    "I2 nothing is stored that no provider sent": events
      .filter((event) => sent.get(nameOf(event.provider, event.key))?.forged !== false)
      .map((event) => `${event.provider} ${event.key}`),
    "I3 an event is stored once": twice.map(([name, rows]) => `${name}: ${rows.length} rows`),
    "I4 an event has exactly the deliveries it should have": events
      .filter((event) => event.deliveries !== sent.get(nameOf(event.provider, event.key))?.deliveries)
      .map((event) => `${event.provider} ${event.key}: ${event.deliveries} deliveries`),
    "I5 nothing is leased or overdue": deliveries
      .filter((delivery) => delivery.status === "claimed" || delivery.overdue)
      .map((delivery) => `delivery ${delivery.id} is ${delivery.status}`),
    "I6 what counts as delivered has arrived": deliveries
      .filter((delivery) => delivery.http && arrivals(received, delivery) < delivery.succeeded)
      .map(
        (delivery) =>
          `delivery ${delivery.id}: ${delivery.succeeded} succeeded, ${arrivals(received, delivery)} arrived`,
      ),
    "I6 a delivered projection has left its row": (await missingRows(sql)).map((key) => `stripe ${key}`),
    "I7 every attempt is numbered, closed, and written down before bytes leave": deliveries
      .filter((delivery) => !isDense(delivery) || requests(received, delivery) > delivery.attempts)
      .map(
        (delivery) =>
          `delivery ${delivery.id}: ${delivery.attempts} attempts, ${requests(received, delivery)} requests`,
      ),
    "I8 every request of a delivery has the same id and bytes and a valid signature": [
      ...wrongBytes(received, events),
      ...sink.filter((request) => !isSigned(request, sinkSecret)).map((request) => `${request.id}: bad signature`),
    ],
    "I9 only interrupted attempts arrive twice": deliveries
      .filter((delivery) => delivery.http && arrivals(received, delivery) > delivery.succeeded + delivery.interrupted)
      .map((delivery) => `delivery ${delivery.id}: ${arrivals(received, delivery)} arrivals`),
    "I9 nobody is given up before the lease ends": (await givenUpEarly(sql, leaseSeconds)).map((id) => `attempt ${id}`),
    "I12 the statistics count what the tables hold": await wrongStatistics(sql),
  };
  const extra = deliveries.map((delivery) => (delivery.http ? Math.max(0, arrivals(received, delivery) - 1) : 0));
  return {
    verdict,
    figures: {
      acknowledged: ledger.filter((entry) => entry.acknowledged).length,
      unknown: sum(ledger.map((entry) => entry.unknown)),
      lost: lost.length,
      duplicated: twice.length,
      sinkExtra: sum(extra),
    },
  };
}

interface StoredEvent {
  id: number;
  provider: string;
  key: string;
  /** Hashes of the bytes as they are now, and as they were when they were stored. */
  sha256: string;
  stored_sha256: string;
  deliveries: number;
}

const readEvents = (sql: postgres.Sql) => sql<StoredEvent[]>`
  select e.id::int, e.provider, e.event_key as key, encode(sha256(coalesce(b.raw_body, b.dense_body)), 'hex') as sha256,
    encode(e.body_sha256, 'hex') as stored_sha256,
    (select count(*) from deliveries d where d.event_id = e.id)::int as deliveries
  from events e left join event_bodies b on b.event_id = e.id`;

interface StoredDelivery {
  id: number;
  event_id: number;
  status: string;
  http: boolean;
  overdue: boolean;
  attempts: number;
  attempt_count: number;
  newest: number;
  open: number;
  succeeded: number;
  interrupted: number;
}

const readDeliveries = (sql: postgres.Sql) => sql<StoredDelivery[]>`
  select d.id::int, d.event_id::int, d.status, t.kind = 'http' as http, d.attempt_count,
    d.status in ('pending', 'retrying') and d.due_at < now() - interval '2 seconds' as overdue,
    count(a.id)::int as attempts, coalesce(max(a.number), 0) as newest,
    (count(*) filter (where a.status = 'open'))::int as open,
    (count(*) filter (where a.status = 'succeeded'))::int as succeeded,
    (count(*) filter (where a.status = 'lease_expired'))::int as interrupted
  from deliveries d
  join destinations t on t.id = d.destination_id
  left join attempts a on a.delivery_id = d.id
  group by d.id, t.kind`;

/** Delivered Stripe events all write an audit row, in the transaction that says they are delivered. */
async function missingRows(sql: postgres.Sql): Promise<string[]> {
  const rows = await sql`
    select e.event_key from events e join deliveries d on d.event_id = e.id
    where e.provider = 'stripe' and d.status = 'delivered'
      and not exists (select from audit_logs l where l.source_event = 'stripe:' || e.event_key)`;
  return rows.map((row) => row.event_key);
}

/** Stopping processes give their leases back, killed ones cannot. */
async function givenUpEarly(sql: postgres.Sql, leaseSeconds: number): Promise<number[]> {
  const rows = await sql`
    select id::int from attempts
    where status = 'lease_expired' and finished_at < started_at + make_interval(secs => ${leaseSeconds})`;
  return rows.map((row) => row.id);
}

/** (number, delivery) is unique, so a count equal to the greatest number means 1, 2, … without a gap. */
function isDense({ attempts, attempt_count, newest, open }: StoredDelivery): boolean {
  return attempts === attempt_count && attempts === newest && open === 0;
}

type Received = Map<string, ReceivedRequest[]>;

const requests = (received: Received, { event_id, http }: StoredDelivery): number =>
  http ? (received.get(`we_${event_id}`)?.length ?? 0) : 0;

const arrivals = (received: Received, { event_id }: StoredDelivery): number =>
  received.get(`we_${event_id}`)?.filter((request) => request.answered < 300).length ?? 0;

function wrongBytes(received: Received, events: readonly StoredEvent[]): string[] {
  const known = new Map(events.map((event) => [`we_${event.id}`, event.sha256]));
  return [...received]
    .filter(([id, list]) => list.some((request) => request.sha256 !== known.get(id)))
    .map(([id]) => `${id}: other bytes than stored`);
}

/** With the library of the specification, not with our code. */
/** Signed at the time it says. The SDK's `verify` would refuse what is older than five minutes when it is judged. */
function isSigned({ headers, body }: ReceivedRequest, secret: string): boolean {
  const named = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
  const { "webhook-id": id = "", "webhook-timestamp": at, "webhook-signature": signatures = "" } = named;
  const wanted = new Webhook(secret).sign(id, new Date(Number(at) * 1000), body.toString("utf8"));
  return signatures.split(" ").includes(wanted);
}

async function wrongStatistics(sql: postgres.Sql): Promise<string[]> {
  const [counted, held] = await Promise.all([
    sql`
      select outcome, sum(count)::int as count from statistics
      where organisation_id = '' and outcome not in ('succeeded', 'lost') group by outcome`,
    sql`
      select 'received' as outcome, count(*)::int as count from events where variant_of is null
      union all select 'duplicate', coalesce(sum(duplicate_count), 0)::int from events
      union all select 'conflict', coalesce(sum(conflict_count), 0)::int from events
      union all select 'delivered', count(*)::int from attempts where status = 'succeeded'
      union all select 'dead', count(*)::int from deliveries where status = 'dead'
      union all select 'failed', (select count(*) from attempts where status in ('failed', 'lease_expired'))::int
        - (select count(*) from deliveries where status = 'dead')::int`,
  ]);
  const bucket = new Map(counted.map((row) => [row.outcome, row.count]));
  return held
    .filter((row) => (bucket.get(row.outcome) ?? 0) !== row.count)
    .map((row) => `${row.outcome}: the statistics say ${bucket.get(row.outcome) ?? 0}, the tables ${row.count}`);
}

const nameOf = (provider: string, key: string): string => `${provider} ${key}`;

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);

function groupBy<Item>(items: readonly Item[], nameIt: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const name = nameIt(item);
    groups.set(name, [...(groups.get(name) ?? []), item]);
  }
  return groups;
}
