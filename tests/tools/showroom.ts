/**
 * A real app with a day behind it: events of every provider, destinations that answer, fail and wait, dead letters, replays,
 * people and tokens. Used for screenshots and the console's benches. Long because a day has many things in it.
 */
import { randomBytes } from "node:crypto";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright";
import type postgres from "postgres";
import type { StaffWithInvitation } from "@/lib/contract/api/staff";
import type { DestinationWithSecret } from "@/lib/contract/destinations";
import { type Sample, sample } from "@/lib/samples";
import { makerOf } from "@/lib/samples/sign";
import { FIXTURE_SHOP, requestOf, type Sender } from "../fixtures/sign";
import { type RunningApp, startApp } from "../support/app";
import { browserFlags, findBrowser } from "../support/browser";
import { type ChannelServer, startChannelServer } from "../support/channel-server";
import { type Endpoint, startEndpoint } from "../support/endpoint";
import { appEnvironment, connectTo, tokenFor, until } from "../support/processes";
import { signIn } from "../support/sign-in";
import { type AgentSdk, startAgentSdk } from "./agent-sdk";
import { raiseAlerts } from "./alert-stories";
import { addChannels } from "./channel-stories";
import { openIncidents } from "./incident-stories";
import { loseSome, type QuietStripe, startQuietStripe } from "./missing-events";
import { openStates } from "./open-states";
import { stories } from "./stories";

const STORY_EVENTS = 260;
const PER_PROVIDER = 6;
const AT_ONCE = 10;
const SUPPORT = "noor@example.com";
const SUPPORT_PASSWORD = "seven quiet lighthouses";

export interface Showroom {
  url: string;
  sql: postgres.Sql;
  /** The address of each page of the console, by a name that works as a file name. */
  pages: Record<string, string>;
  /** A page that is signed in as an administrator. */
  open(options?: BrowserContextOptions): Promise<Page>;
  /** A page that is signed in as a support agent. Only of a full one. */
  openAsSupport(options?: BrowserContextOptions): Promise<Page>;
  /** The session, as a Cookie header. */
  cookie: string;
  close(): Promise<void>;
}

/** Starts it. `empty`: an app that has received nothing. */
export async function openShowroom({ empty = false } = {}): Promise<Showroom> {
  const agent = await startAgentSdk({ port: 0 });
  const merchants = await Promise.all([startEndpoint(), startEndpoint(), startEndpoint()]);
  const stripe = await startQuietStripe();
  const channels = await startChannelServer();
  const env = {
    ...{ CHATWOOT_WEBHOOK_MAX_ATTEMPTS: "2", SLACK_API_URL: `${channels.url}/api`, PAGERDUTY_EVENTS_URL: channels.url },
    ...(empty ? {} : stripe.environment),
  };
  const app = await startApp({ env: appEnvironment(agent, env) });
  const sql = await connectTo(app.dataDir);
  const browser = await chromium.launch({ executablePath: findBrowser(), args: browserFlags() });
  const cookie = await signIn(app.url, app.adminEmail, app.adminPassword);
  const pages = empty ? EMPTY_PAGES : await fill(app, sql, { agent, merchants, stripe, channels });
  return {
    url: app.url,
    sql,
    pages,
    cookie,
    open: (options) => signedIn(browser, app.url, cookie, options),
    openAsSupport: async (options) =>
      signedIn(browser, app.url, await signIn(app.url, SUPPORT, SUPPORT_PASSWORD), options),
    async close() {
      await browser.close();
      await sql.end({ timeout: 1 });
      await app.stop();
      await Promise.all([
        agent.close(),
        stripe.fake.close(),
        channels.close(),
        ...merchants.map((merchant) => merchant.close()),
      ]);
    },
  };
}

const EMPTY_PAGES: Record<string, string> = {
  overview: "/",
  events: "/events",
  "dead-letters": "/dead-letters",
  replays: "/replays",
  incidents: "/incidents",
  alerts: "/alerts",
  destinations: "/destinations",
  sources: "/sources",
  reconciliation: "/reconciliation",
  channels: "/alerts/channels",
  kpis: "/kpis",
  people: "/settings/people",
  tokens: "/settings/tokens",
  retention: "/settings/retention",
  audit: "/settings/audit",
  account: "/account",
};

async function signedIn(browser: Browser, url: string, cookie: string, options: BrowserContextOptions = {}) {
  const context = await browser.newContext(options);
  await context.addCookies(
    cookie.split("; ").map((pair) => {
      const at = pair.indexOf("=");
      return { name: pair.slice(0, at), value: pair.slice(at + 1), url };
    }),
  );
  return context.newPage();
}

/** Who talks with the app. */
interface Neighbours {
  agent: AgentSdk;
  merchants: Endpoint[];
  stripe: QuietStripe;
  channels: ChannelServer;
}

/** Creates the day; returns the addresses of its pages. */
async function fill(app: RunningApp, sql: postgres.Sql, { agent, merchants, stripe, channels }: Neighbours) {
  const api = await apiOf(app.url);
  const [nord, lumen, kaya] = await destinations(api, merchants);
  await sendStories(app.url, agent);
  await sendOthers(app.url);
  await publish(api, merchants);
  await settled(sql);
  await spreadOverADay(sql);
  await api("POST", `/api/destinations/${kaya}/pause`);
  await api("POST", "/api/events", payments("org_kaya", 5));
  agent.setMode("ok");
  const replay = await replaySome(api, sql);
  await peopleAndTokens(api);
  const runs = await loseSome(stripe, app.url, api, sql);
  await api("POST", "/api/sources", { provider: "heyreach", name: "Sales team", organisation_id: "org_nord" });
  const incidents = await openIncidents(api, sql, { run: runs.found, replay });
  await addChannels(api, sql, channels);
  const alerts = await raiseAlerts(api, sql, { lumen: lumen as string });
  const states = await openStates(api, sql);
  await keepFor(api, sql);
  const eventOf = async (condition: postgres.PendingQuery<postgres.Row[]>) =>
    (await sql`select 'we_' || e.id as id from events e where ${condition} order by e.id desc limit 1`)[0]?.id;
  return {
    overview: "/",
    events: "/events",
    "events-filtered": "/events?provider_slug=chatwoot&status=failed%2Cdead&range=24h",
    "events-nothing-matches": "/events?q=nothing-is-called-this",
    event: `/events/${await eventOf(sql`e.provider = 'stripe' and e.status = 'processed'`)}`,
    "event-dead": `/events/${await eventOf(sql`e.provider = 'chatwoot' and e.status = 'dead'`)}`,
    "event-unknown": "/events/we_999999999",
    "dead-letters": "/dead-letters",
    replays: "/replays",
    replay: `/replays/${replay}`,
    incidents: "/incidents",
    "incident-open": `/incidents/${incidents.open}`,
    "incident-preview": `/incidents/${incidents.preview}`,
    "incident-recovering": `/incidents/${incidents.recovering}`,
    "incident-items": `/incidents/${incidents.recovering}?view=items`,
    "incident-nothing-matches": `/incidents/${incidents.open}?view=items&state=unrecoverable`,
    "incident-impact": `/incidents/${incidents.recovering}?view=impact`,
    "incident-timeline": `/incidents/${incidents.preview}?view=timeline`,
    "incident-lost": `/incidents/${incidents.lost}`,
    "incident-closed": `/incidents/${incidents.closed}`,
    ...states,
    "incident-requests": `${states["incident-stopped"]}?view=timeline`,
    "incident-lost-items": `/incidents/${incidents.lost}?view=items`,
    "incidents-nothing-matches": "/incidents?severity=P0&state=closed",
    "incident-unknown": "/incidents/in_999999",
    alerts: "/alerts",
    "alerts-nothing-matches": "/alerts?severity=P0&provider_slug=mitto",
    alert: `/alerts/${alerts.firing}`,
    "alert-over": `/alerts/${alerts.over}`,
    "alert-unknown": "/alerts/al_999999",
    "alert-rules": "/alerts/rules",
    destinations: "/destinations",
    destination: `/destinations/${lumen}`,
    "destination-healthy": `/destinations/${nord}`,
    "destination-paused": `/destinations/${kaya}`,
    sources: "/sources",
    reconciliation: "/reconciliation",
    run: `/reconciliation/${runs.found}`,
    "run-partial": `/reconciliation/${runs.partial}`,
    "run-unknown": "/reconciliation/rc_999999",
    channels: "/alerts/channels",
    kpis: "/kpis",
    "kpis-organisations": "/kpis?by=organisation",
    people: "/settings/people",
    tokens: "/settings/tokens",
    retention: "/settings/retention",
    audit: "/settings/audit",
    account: "/account",
    "api-reference": "/api-reference",
    "no-such-page": "/nowhere",
  };
}

type Api = <Answer>(method: string, path: string, body?: unknown) => Promise<Answer>;

async function apiOf(url: string): Promise<Api> {
  const token = await tokenFor("super_admin", "1h");
  return async (method, path, body) => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return text ? JSON.parse(text) : {};
  };
}

async function destinations(api: Api, merchants: Endpoint[]): Promise<string[]> {
  const shops = [
    { name: "Nord Outfitters, payments", organisation_id: "org_nord", event_types: ["payment.*"] },
    {
      name: "Bistro Lumen, point of sale",
      organisation_id: "org_lumen",
      event_types: ["payment.*", "checkout.expired"],
    },
    { name: "Atelier Kaya, bookkeeping", organisation_id: "org_kaya", event_types: ["*"], rate_per_second: 5 },
  ];
  const ids: string[] = [];
  for (const [index, shop] of shops.entries()) {
    const { destination } = await api<DestinationWithSecret>("POST", "/api/destinations", {
      ...shop,
      url: merchants[index]?.url,
      max_attempts: 2,
      base_delay_ms: 200,
    });
    ids.push(destination.id);
  }
  return ids;
}

async function sendStories(url: string, agent: AgentSdk): Promise<void> {
  const next = stories(Math.random);
  const sends = Array.from({ length: STORY_EVENTS }, () => next());
  // Three incidents: two of the Agent SDK, of different kinds, between calm hours. 422 and 503 are two causes.
  for (let from = 0; from < sends.length; from += AT_ONCE) {
    const hour = from / sends.length;
    agent.setMode(hour > 0.3 && hour < 0.48 ? "422" : hour > 0.62 && hour < 0.68 ? "500" : "ok");
    await Promise.all(sends.slice(from, from + AT_ONCE).map((one) => post(url, one)));
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

/** Some events of providers without stories, forged and stale ones among them. */
async function sendOthers(url: string): Promise<void> {
  for (const provider of ["shopify", "mitto", "smartlead", "heyreach"] as const) {
    const types = makerOf(provider).types;
    for (let n = 0; n < PER_PROVIDER; n += 1) await post(url, sample(provider, types[n % types.length] as string));
  }
  for (const type of ["invoice.payment_failed", "charge.refunded", "invoice.payment_succeeded"]) {
    await post(url, sample("stripe", type), { tampered: true });
  }
  await post(url, sample("telnyx", "call.answered"), { stale: true });
}

async function post(url: string, one: Sample, flaw: { tampered?: boolean; stale?: boolean } = {}): Promise<void> {
  const options = { id: one.id, topic: one.type, shop: FIXTURE_SHOP, ...flaw };
  const { path, headers, body } = requestOf(one.provider as Sender, one.body, options);
  await fetch(url + path, { method: "POST", headers: headers as [string, string][], body: new Uint8Array(body) });
}

/** Lumen's till is down for most of them; Nord's works. */
async function publish(api: Api, [nord, lumen]: Endpoint[]): Promise<void> {
  nord?.takes(40);
  await api("POST", "/api/events", payments("org_nord", 40));
  await api("POST", "/api/events", payments("org_lumen", 12));
  lumen?.answer(503);
  await api("POST", "/api/events", payments("org_lumen", 24));
}

function payments(organisationId: string, count: number) {
  const types = ["payment.completed", "payment.completed", "payment.failed", "payment.refunded"];
  return Array.from({ length: count }, (_, n) => ({
    eventType: types[n % types.length],
    organisationId,
    idempotencyKey: `pay_${randomBytes(6).toString("hex")}`,
    data: { payment_id: `pay_${randomBytes(6).toString("hex")}`, amount: 1_900 + 700 * (n % 9), currency: "eur" },
  }));
}

const settled = (sql: postgres.Sql) =>
  until(
    "what can be delivered is delivered",
    async () => {
      const [row] = await sql`
        select count(*)::int from deliveries d left join destination_health h using (destination_id)
        where d.status in ('pending', 'claimed', 'retrying') and coalesce(h.breaker, 'closed') = 'closed'`;
      return row?.count === 0;
    },
    180_000,
  );

/** Spreads the day from yesterday until now: moves times, and recounts what is counted per minute and hour. */
async function spreadOverADay(sql: postgres.Sql): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`
      create temporary table moves on commit drop as
      select e.id, (extract(epoch from now() - e.received_at)
        - 86400 * power((row_number() over (order by e.id + 150 * random() desc))::numeric / count(*) over (), 1.2)) * interval '1 second' as by
      from events e`;
    await tx`update events e set received_at = e.received_at + m.by, processed_at = e.processed_at + m.by from moves m where m.id = e.id`;
    await tx`
      update deliveries d set created_at = d.created_at + m.by, finished_at = d.finished_at + m.by
      from moves m where m.id = d.event_id`;
    await tx`
      update attempts a set started_at = a.started_at + m.by, finished_at = a.finished_at + m.by
      from deliveries d join moves m on m.id = d.event_id where d.id = a.delivery_id`;
    await tx`delete from statistics where outcome <> 'rejected'`;
    await tx`
      insert into statistics (organisation_id, minute, provider, event_type, outcome, shard, count, latency)
      select coalesce(e.organisation_id, ''), date_trunc('minute', e.received_at), e.provider, e.event_type, 'received', 0, count(*), null::integer[]
      from events e group by 1, 2, 3, 4
      union all
      select coalesce(e.organisation_id, ''), date_trunc('minute', e.received_at), e.provider, e.event_type,
        public.event_outcome(e.status), 0, count(*), null
      from events e where public.event_outcome(e.status) is not null group by 1, 2, 3, 4, 5
      union all
      select coalesce(e.organisation_id, ''), date_trunc('minute', a.finished_at), e.provider, e.event_type,
        case when a.status = 'succeeded' then 'delivered' when d.status = 'dead' and a.number = d.attempt_count then 'dead' else 'failed' end,
        0, count(*), public.latency_histogram(array_agg(a.duration_ms))
      from attempts a join deliveries d on d.id = a.delivery_id join events e on e.id = d.event_id
      where a.status <> 'open' group by 1, 2, 3, 4, 5
      union all
      select coalesce(e.organisation_id, ''), date_trunc('minute', e.processed_at), e.provider, e.event_type, 'applied',
        0, count(*), public.latency_histogram(array_agg(${msOf(tx)}), public.applied_bounds())
      from events e where e.status = 'processed' and e.processed_at is not null group by 1, 2, 3, 4`;
    // All organisations together are counted under '', too.
    await tx`
      insert into statistics as s (organisation_id, minute, provider, event_type, outcome, shard, count, latency)
      select '', minute, provider, event_type, outcome, 0, sum(count),
        case when count(latency) > 0 then public.sum_latency(array_agg(latency) filter (where latency is not null)) end
      from statistics
      where organisation_id <> '' group by 2, 3, 4, 5
      on conflict (organisation_id, minute, provider, event_type, outcome, shard) do update
        set count = s.count + excluded.count, latency = public.add_latency(s.latency, excluded.latency)`;
    await tx`truncate statistics_hours`;
    await tx`
      insert into statistics_hours (organisation_id, hour, provider, event_type, outcome, shard, count)
      select organisation_id, date_trunc('hour', minute, 'UTC'), provider, event_type, outcome, shard, sum(count)
      from statistics group by 1, 2, 3, 4, 5, 6`;
    await tx`
      update statistics_hours set duration_ms = count * (select avg(${msOf(tx)}) from events e where e.status = 'processed')
      where outcome = 'applied'`;
    await tx`delete from destination_statistics where span = 'hour'`;
    await tx`
      insert into destination_statistics (destination_id, span, at, succeeded, failed, counted, against, latency)
      select d.destination_id, 'hour', date_trunc('hour', a.finished_at), count(*) filter (where a.status = 'succeeded'),
        count(*) filter (where a.status <> 'succeeded'), count(*), 0, public.latency_histogram(array_agg(a.duration_ms))
      from attempts a join deliveries d on d.id = a.delivery_id
      where a.status <> 'open' group by 1, 3`;
  });
}

/** How long an event took from its receipt, in milliseconds. */
const msOf = (sql: postgres.TransactionSql) =>
  sql`(extract(epoch from e.processed_at - e.received_at) * 1000)::integer`;

/** One replay that fixed some of the dead letters. Returns its id. */
async function replaySome(api: Api, sql: postgres.Sql): Promise<string> {
  const rows = await sql`
    select event_key from events where provider = 'chatwoot' and status = 'dead' order by id limit 5`;
  const { replay_id } = await api<{ replay_id: string }>("POST", "/api/webhooks/replay-bulk", {
    provider_slug: "chatwoot",
    event_keys: rows.map(({ event_key }) => event_key),
    reason: "The draft queue of the Agent SDK is back (INC-2041)",
  });
  await until(
    "the replay has ended",
    async () => {
      const [row] = await sql`select status from replays where id = ${replay_id.slice(3)}`;
      return row?.status === "completed";
    },
    120_000,
  );
  return replay_id;
}

async function peopleAndTokens(api: Api): Promise<void> {
  const { invitation } = await api<StaffWithInvitation>("POST", "/api/staff", { email: SUPPORT, role: "support" });
  const token = invitation.url.split("/").at(-1);
  await api("POST", "/api/invitations/accept", { token, name: "Noor", password: SUPPORT_PASSWORD });
  await api("POST", "/api/staff", { email: "marek@example.com", role: "viewer" });
  await api("POST", "/api/tokens", { name: "Globapay backend", scopes: ["events:publish"], expires_in_days: 90 });
}

/** Some days of retention, and what was deleted for them. */
async function keepFor(api: Api, sql: postgres.Sql): Promise<void> {
  for (const [one, days, org_id] of [
    ["bodies", 400, null],
    ["bodies", 730, "org_nord"],
    ["answers", 90, null],
  ] as const) {
    await api("PATCH", "/api/retention", { class: one, days, org_id, confirmed: true });
  }
  await sql`
    insert into forgettings (class, days, first_id, last_id, ids, rows, file, forgotten_at)
    values ('answers', 90, 1, 2, '{}', 50000, '2026/08/answers-2026-08-31-0001.ndjson.gz', now() - interval '9 hours'),
      ('bodies', 400, 1, 2, '{}', 1, null, now() - interval '33 hours')`;
}
