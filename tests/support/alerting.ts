/** The evaluation of alerts, minute by minute, on a database whose clock the test moves. */
import type postgres from "postgres";
import { shiftClock } from "./clock";

export interface Alerting {
  /** Counts of this minute, as the journey of an event writes them. */
  count(
    outcomes: Record<string, number>,
    about?: { provider?: string; event_type?: string; organisation_id?: string },
  ): Promise<void>;
  /** Lets minutes pass, and evaluates in each. */
  pass(minutes: number): Promise<void>;
  /** Lets minutes pass without an evaluation. */
  skip(minutes: number): Promise<void>;
  rule(rule: {
    kind: string;
    settings?: object;
    severity?: string;
    bad_evaluations?: number;
    hold_seconds?: number;
    repeat_seconds?: number;
    name?: string;
    provider?: string;
  }): Promise<number>;
  /** Of all alerts, oldest first. */
  alerts(): Promise<
    { id: number; rule: string; severity: string; summary: string; fires: boolean; hidden: string | null }[]
  >;
  /** What was told: `fired al_1`. */
  told(): Promise<string[]>;
  /** Without rules, alerts and counts again, at the present. */
  reset(): Promise<void>;
}

/** Works on a channel of its own that takes every severity. */
export async function openAlerting(sql: postgres.Sql): Promise<Alerting> {
  let minutes = 0;
  await sql`insert into channels (kind, name, severities) values ('webhook', 'Tests', '{P0,P1,P2,P3,P4}')`;
  await recordTold(sql);
  const skip = async (more: number) => {
    minutes += more;
    await shiftClock(sql, `${minutes} minutes`);
  };
  return {
    skip,
    async count(outcomes, { provider = "stripe", event_type = "invoice.paid", organisation_id } = {}) {
      const rows = Object.entries(outcomes).map(([outcome, count]) => ({
        ...{ provider, event_type, organisation_id, outcome, count },
      }));
      await sql`select add_statistics(${sql.json(rows as never)})`;
    },
    async pass(more) {
      for (let minute = 0; minute < more; minute++) {
        await skip(1);
        await sql`select evaluate_alerts(1000)`;
      }
    },
    async rule({
      settings = {},
      severity = "P1",
      bad_evaluations = 1,
      hold_seconds = 0,
      repeat_seconds = 14_400,
      ...rule
    }) {
      const [row] = await sql`
        insert into alert_rules (kind, name, provider, settings, severity, bad_evaluations, hold_seconds, repeat_seconds)
        values (${rule.kind}, ${rule.name ?? rule.kind}, ${rule.provider ?? null}, ${sql.json(settings as never)}, ${severity},
          ${bad_evaluations}, ${hold_seconds}, ${repeat_seconds})
        returning id::int`;
      return row?.id;
    },
    alerts: () => sql`
      select a.id::int, r.name as rule, a.severity::text, a.summary, a.resolved_at is null as fires,
        a.suppressed_because as hidden
      from alerts a join alert_rules r on r.id = a.rule_id order by a.id`,
    async told() {
      const rows = await sql`select kind, alert_id from notifications where alert_id is not null order by id`;
      return rows.map(({ kind, alert_id }) => `${kind} al_${alert_id}`);
    },
    async reset() {
      minutes = 0;
      await skip(0);
      await sql`truncate alert_rules, alert_series, alerts, alert_silences, notifications, statistics, statistics_hours,
        replays, replay_items, findings, reconciliations, destination_health, destination_statistics, heartbeats,
        staff_actions, deliveries, events, event_keys restart identity cascade`;
      await sql`update destinations set enabled = true, disabled_at = null, disabled_because = null, paused_at = null`;
      await sql`update channels set failures = 0`;
    },
  };
}

/** Until a channel has its own sender: one row per thing told, at once. */
async function recordTold(sql: postgres.Sql): Promise<void> {
  await sql.unsafe(`
    create or replace function public.notify_alert(p_alert_id bigint, p_kind public.notification_kind) returns integer
    language plpgsql volatile set search_path = '' as $$
    begin
      insert into public.notifications (channel_id, kind, alert_id, number, group_key, created_at)
      select (select min(c.id) from public.channels c), p_kind, a.id, (
        select count(*) from public.notifications n where n.alert_id = a.id and n.kind = p_kind
      ), 'test', public.now_()
      from public.alerts a where a.id = p_alert_id and a.suppressed_because is null;
      return 1;
    end
    $$`);
}
