/** Events for replay tests: dead ones of any provider and merchant, whose endpoint works again. */

import { sample } from "../../lib/samples";
import { sign } from "../fixtures/sign";
import { until } from "./processes";
import type { SharedApp } from "./shared-app";

/** Settings for the app of a replay test: one attempt per delivery, so that a failed one is dead at once. */
export const ONE_TRY = { CHATWOOT_WEBHOOK_MAX_ATTEMPTS: "1", CHATWOOT_WEBHOOK_BASE_DELAY_MS: "20" };

export interface DeadEvents {
  count: number;
  provider?: string;
  /** The prefix of the keys: `evt-` gives `evt-1`, `evt-2`, … */
  keys?: string;
  type?: string;
  organisation?: string;
  company?: string;
  /** When they came, as ISO 8601. */
  at?: string;
}

/**
 * Sends really signed Chatwoot events to an endpoint that is down, then renames their provider: the runbooks are about
 * providers whose endpoints do not matter here. Returns their `we_` ids.
 */
export async function deadEvents(app: SharedApp, wanted: DeadEvents): Promise<string[]> {
  app.sink.setMode("503");
  const ids: string[] = [];
  for (let n = 0; n < wanted.count; n += 1) ids.push(await send(app));
  const numbers = ids.map((id) => Number(id.slice(3)));
  await until("all are dead", async () => {
    await forgetFailures(app);
    const [row] = await app.sql`select count(*)::int from events where id = any (${numbers}) and status = 'dead'`;
    return row?.count === ids.length;
  });
  app.sink.setMode("ok");
  await forgetFailures(app);
  const { provider = "chatwoot", keys, type, organisation = null, company = null, at = null } = wanted;
  for (const [n, id] of numbers.entries()) {
    const key = keys && `${keys}${n + 1}`;
    await app.sql`
      update events set provider = ${provider}, event_type = coalesce(${type ?? null}, event_type),
        event_key = coalesce(${key ?? null}, event_key),
        organisation_id = ${organisation}, company_id = ${company},
        received_at = coalesce(${at}::timestamptz + ${n} * interval '1 second', received_at)
      where id = ${id}`;
  }
  return ids;
}

/** Keeps the endpoint's circuit closed in spite of failures that a test made on purpose. */
export async function forgetFailures(app: SharedApp): Promise<void> {
  await app.sql`delete from destination_health`;
  await app.sql`delete from destination_statistics`;
}

async function send(app: SharedApp): Promise<string> {
  const { key, body } = sample("chatwoot", "message_created");
  const headers = sign("chatwoot", body, { id: key }) as [string, string][];
  const response = await fetch(`${app.url}/api/webhooks/chatwoot`, {
    method: "POST",
    headers,
    body: new Uint8Array(body),
  });
  return ((await response.json()) as { event_id: string }).event_id;
}
