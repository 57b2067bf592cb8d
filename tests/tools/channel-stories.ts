/** For the showroom: a channel of each kind, one that fails and one that is off, with what they were told. */
import type postgres from "postgres";
import type { Channel } from "@/lib/contract/channel-words";
import type { ChannelServer } from "../support/channel-server";

type Api = <Answer>(method: string, path: string, body?: unknown) => Promise<Answer>;

const ROUTING_KEY = "0123456789abcdef0123456789abcdef";

/** `server` answers as Slack, Teams and PagerDuty do; the workflow of Teams is gone in the end. */
export async function addChannels(api: Api, sql: postgres.Sql, server: ChannelServer): Promise<void> {
  const { url } = server;
  const add = (kind: string, name: string, settings: object, more: object = {}) =>
    api<Channel>("POST", "/api/channels", { kind, name, settings, ...more });
  await add("email", "On call, by mail", { to: ["oncall@example.com", "support-leads@example.com"] });
  const slack = await add("slack", "#webhooks-alerts", { bot_token: "xoxb-test-token", channel: "C012AB3CD" });
  const duty = await add("pagerduty", "Payments on call", { routing_key: ROUTING_KEY }, { severities: ["P0", "P1"] });
  const teams = await add(
    "teams",
    "Nord Outfitters team",
    { webhook_url: `${url}/workflows/x?sig=abcdefgh` },
    {
      organisations: ["org_nord", "org_lumen"],
    },
  );
  const page = await add(
    "webhook",
    "Status page",
    { url: `${url}/hook` },
    { severities: ["P0", "P1", "P2", "P3", "P4"] },
  );
  const old = await add("slack", "#old-alerts", { webhook_url: `${url}/services/T0/B0/secret` }, { enabled: false });
  for (const { id } of [slack, duty, page]) await api("POST", `/api/channels/${id}/test`);
  await tell(sql, slack.id, [
    ["fired", "sent", "Accepted by Slack (200).", "3 hours"],
    ["resolved", "skipped", "It was well again before it was sent.", "40 minutes"],
  ]);
  await tell(sql, teams.id, [["fired", "sent", "Accepted by Teams (202).", "2 days"]]);
  await sql`update channels set last_sent_at = now() - interval '2 days' where id = ${numberOf(teams.id)}`;
  const error = { code: "WorkflowNotFound", message: "The workflow 'alerts' could not be found." };
  server.misbehave = ({ path }) => (path.startsWith("/workflows/") ? { status: 404, body: { error } } : undefined);
  for (let n = 0; n < 2; n += 1) await api("POST", `/api/channels/${teams.id}/test`);
  await sql`update channels set last_sent_at = now() - interval '31 days' where id = ${numberOf(old.id)}`;
}

type Told = [kind: string, status: string, outcome: string, ago: string];

/** Messages of the past. Their alerts are gone, as after a while. */
async function tell(sql: postgres.Sql, channel: string, told: Told[]): Promise<void> {
  for (const [number, [kind, status, outcome, ago]] of told.entries()) {
    await sql`
      insert into notifications (channel_id, kind, number, group_key, status, outcome, attempts, created_at, due_at, ended_at)
      values (${numberOf(channel)}, ${kind}, ${number}, 'story', ${status}, ${outcome}, 1,
        now() - ${ago}::interval, now() - ${ago}::interval, now() - ${ago}::interval)`;
  }
}

const numberOf = (id: string) => Number(id.slice(3));
