/**
 * For the showroom: alerts in each of their states, whom they were told, a silence, and a channel. They are rows, so that a
 * picture of what fires can be taken at leisure: the worker finds the evaluation taken, and adds nothing.
 */
import type postgres from "postgres";

type Api = <Answer>(method: string, path: string, body?: unknown) => Promise<Answer>;

interface Story {
  slug: string;
  provider?: string;
  event_type?: string;
  destination?: string;
  text: string;
  figures?: Record<string, number>;
  link: string;
  minutesAgo: number;
  lasted?: number;
  acknowledged?: { by: string; note: string };
  assignee?: string;
  suppressed?: string;
}

/** Returns the id of one that fires and of one that is over. */
export async function raiseAlerts(
  api: Api,
  sql: postgres.Sql,
  { lumen }: { lumen: string },
): Promise<{ firing: string; over: string }> {
  await takeEvaluation(sql);
  const firing = await raise(sql, {
    slug: "endpoint-down",
    destination: lumen,
    text: "Bistro Lumen, point of sale failed 24 times in a row since 14:02: the endpoint answers 503.",
    link: `/destinations/${lumen}`,
    minutesAgo: 12,
  });
  const worse = await raise(sql, {
    slug: "dead-letters-20",
    provider: "chatwoot",
    text: "chatwoot: 38 dead letters in the last hour.",
    figures: { observed: 38, threshold: 20, window_minutes: 60 },
    link: "/events?provider_slug=chatwoot&status=dead",
    minutesAgo: 47,
    acknowledged: { by: "Noor", note: "Their deploy of 14:02, rolled back at 15:10. OPS-4711" },
    assignee: "noor@example.com",
  });
  await raise(sql, {
    slug: "rejections",
    provider: "stripe",
    text: "stripe: 14 requests with a bad signature in the last 15 minutes, and 3 accepted. Was the secret changed?",
    figures: { observed: 14, threshold: 50, window_minutes: 15 },
    link: "/events?provider_slug=stripe",
    minutesAgo: 4,
  });
  await raise(sql, {
    slug: "dead-letters-5",
    provider: "chatwoot",
    text: "chatwoot: 38 dead letters in the last hour.",
    figures: { observed: 38, threshold: 5, window_minutes: 60 },
    link: "/events?provider_slug=chatwoot&status=dead",
    minutesAgo: 52,
    suppressed: `Part of al_${worse}: chatwoot: 38 dead letters in the last hour.`,
  });
  const over = await raise(sql, {
    slug: "success-rate-80",
    provider: "telnyx",
    text: "telnyx: 142 of 206 delivery attempts succeeded in the last 15 minutes (68.9 %).",
    figures: { observed: 68.9, expected: 80, threshold: 80, window_minutes: 15 },
    link: "/events?provider_slug=telnyx&status=failed%2Cdead",
    minutesAgo: 620,
    lasted: 34,
    acknowledged: { by: "Ada Lovelace", note: "The carrier was down." },
  });
  for (const [slug, provider, minutesAgo, lasted] of [
    ["oldest-due", undefined, 1_500, 9],
    ["silence", "shopify", 2_800, 310],
    ["failures-doubled", "chatwoot", 4_300, 65],
    ["attempts", "smartlead", 7_400, 22],
  ] as const) {
    await raise(sql, { slug, provider, text: `${provider ?? "It"} was bad.`, link: "/events", minutesAgo, lasted });
  }
  await tellOf(api, sql, firing, over);
  await api("POST", "/api/silences", {
    provider_slug: "heyreach",
    ends_at: new Date(Date.now() + 3.4 * 3_600_000).toISOString(),
    reason: "HeyReach moves its servers until the evening",
  });
  return { firing: `al_${firing}`, over: `al_${over}` };
}

/** Until the connections of the showroom end. */
async function takeEvaluation(sql: postgres.Sql): Promise<void> {
  const keeper = await sql.reserve();
  await keeper`select pg_advisory_lock(hashtextextended('evaluate_alerts', 1))`;
  await keeper`update alert_series set state = 'ok', alert_id = null`;
  await keeper`delete from alerts`;
  await keeper`delete from notices where subject like 'al\\_%'`;
}

async function raise(sql: postgres.Sql, story: Story): Promise<string> {
  const { slug, provider = null, event_type = null, destination, minutesAgo, lasted, acknowledged } = story;
  const explain = { text: story.text, link: story.link, ...story.figures };
  const [row] = await sql`
    insert into alerts (rule_id, kind, severity, provider, event_type, destination_id, summary, explain, fired_at,
      resolved_at, suppressed_because, acknowledged_at, acknowledged_by, note, assignee)
    select r.id, r.kind, r.severity, ${provider}, ${event_type}, ${destination ? Number(destination.slice(3)) : null},
      ${story.text}, ${sql.json(explain)}, now() - ${minutesAgo}::int * interval '1 minute',
      ${lasted === undefined ? null : sql`now() - ${minutesAgo - lasted}::int * interval '1 minute'`},
      ${story.suppressed ?? null}, ${acknowledged ? sql`now() - ${minutesAgo - 6}::int * interval '1 minute'` : null},
      ${acknowledged?.by ?? null}, ${acknowledged?.note ?? null}, ${story.assignee ?? null}
    from alert_rules r where r.slug = ${slug} returning id`;
  return String(row?.id);
}

/** A channel that took what it was told, and one that did not. */
async function tellOf(api: Api, sql: postgres.Sql, ...alerts: string[]): Promise<void> {
  const routing_key = "0123456789abcdef0123456789abcdef";
  const webhook_url = "https://hooks.slack.com/services/T0SHOW/B0SHOW/showroom";
  for (const [kind, name, settings, outcome] of [
    ["pagerduty", "On call, PagerDuty", { routing_key }, "Accepted by PagerDuty (202)."],
    ["slack", "#webhooks", { webhook_url }, "No answer of hooks.slack.com within 10 s."],
  ] as const) {
    const { id } = await api<{ id: string }>("POST", "/api/channels", { kind, name, settings, severities: ["P0"] });
    const status = outcome.startsWith("Accepted") ? "sent" : "failed";
    for (const alert of alerts) {
      await sql`
        insert into notifications (channel_id, kind, alert_id, group_key, status, outcome, ended_at)
        select ${Number(id.slice(3))}, k.kind, a.id, 'shown', ${status}, ${outcome},
          coalesce(case when k.kind = 'resolved' then a.resolved_at end, a.fired_at + interval '31 seconds')
        from alerts a cross join unnest('{fired,resolved}'::notification_kind[]) as k(kind)
        where a.id = ${alert} and (k.kind = 'fired' or a.resolved_at is not null)`;
    }
  }
}
