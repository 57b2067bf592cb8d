/** Channels to local servers, alerts as the engine writes them, and a clock that passes. */
import type postgres from "postgres";
import { createChannel } from "@/lib/commands/channels";
import { type Channel, createChannelRequest } from "@/lib/contract/api/channels";
import { numberInId } from "@/lib/contract/ids";
import { sendNotifications } from "@/lib/notifications/run";
import { ada } from "./actor";
import { shiftClock } from "./clock";

export interface SeededAlert {
  rule?: string;
  kind?: string;
  severity?: string;
  provider?: string;
  organisation_id?: string | null;
  summary?: string;
  suppressed_because?: string | null;
}

/** A rule, once per name. */
export async function ruleNamed(sql: postgres.Sql, name: string, kind = "success_rate", severity = "P1") {
  const [known] = await sql`select id from alert_rules where name = ${name}`;
  if (known) return known.id as string;
  const [made] = await sql`insert into alert_rules (kind, name, settings, severity)
    values (${kind}::alert_kind, ${name}, '{}', ${severity}::incident_severity) returning id`;
  return made?.id as string;
}

/** An alert that fires now. Returns its number, after whom it is told is written. */
export async function fire(sql: postgres.Sql, alert: SeededAlert = {}): Promise<number> {
  const { rule = "Success rate", kind = "success_rate", severity = "P1", provider = "stripe" } = alert;
  const { organisation_id = null, summary = `${provider} fails`, suppressed_because = null } = alert;
  const rule_id = await ruleNamed(sql, rule, kind, severity);
  return sql.begin(async (tx) => {
    const [row] = await tx`
      insert into alerts (rule_id, kind, severity, provider, organisation_id, summary, explain, suppressed_because)
      values (${rule_id}, ${kind}::alert_kind, ${severity}::incident_severity, ${provider}, ${organisation_id}, ${summary},
        '{"text": "142 of 200 in 15 minutes.", "link": "/events"}', ${suppressed_because}) returning id::int`;
    await tx`select notify_alert(${row?.id}, 'fired')`;
    return row?.id as number;
  });
}

export async function resolve(sql: postgres.Sql, alert: number): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`update alerts set resolved_at = now_() where id = ${alert}`;
    await tx`select notify_alert(${alert}, 'resolved')`;
  });
}

export async function acknowledge(sql: postgres.Sql, alert: number): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`update alerts set acknowledged_at = now_(), acknowledged_by = 'Ada' where id = ${alert}`;
    await tx`select notify_alert(${alert}, 'acknowledged')`;
  });
}

export async function repeat(sql: postgres.Sql, alert: number): Promise<number> {
  const [row] = await sql`select notify_alert(${alert}, 'repeated') as count`;
  return row?.count;
}

/** Makes a channel as the API does. Returns its number with it. */
export async function addChannel(
  kind: Channel["kind"],
  settings: Record<string, unknown>,
  more: Partial<Omit<Channel, "settings">> = {},
): Promise<Channel & { number: number; secret: string | null }> {
  const made = await createChannel(createChannelRequest.parse({ kind, name: kind, settings, ...more }), ada);
  return { ...made, number: numberInId(made.id) };
}

/** Sends until nothing is due. Returns how many messages that were. */
export async function sendAll(): Promise<number> {
  let sent = 0;
  for (let now = await sendNotifications(); now > 0; now = await sendNotifications()) sent += now;
  return sent;
}

/** A clock that goes on from test to test: `pass(31)` lets 31 seconds pass. */
export function clockOf(sql: postgres.Sql) {
  let ahead = 0;
  return async (seconds: number): Promise<void> => {
    ahead += seconds;
    await shiftClock(sql, `${ahead} seconds`);
  };
}
