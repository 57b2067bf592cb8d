/** A test database whose destinations are hostile servers: each gets an event of its own; its attempts are read. */
import { type Desk, eventIdIn, send } from "./desk";

export interface RecordedAttempt {
  status: string;
  error_class: string | null;
  error: string | null;
  http_status: number | null;
  duration_ms: number;
  response_headers: [string, string][] | null;
  response_body: Buffer | null;
  response_truncated: boolean;
  delivery_status: string;
  /** Milliseconds until the retry, if there is one. */
  wait_ms: number;
}

export interface DestinationOptions {
  timeoutMs?: number;
  maxAttempts?: number;
  baseDelayMs?: number;
}

let made = 0;

/** Creates a destination with this URL for one type of event, and sends it an event. Returns the event's id. */
export async function deliverTo(desk: Desk, url: string, options: DestinationOptions = {}): Promise<number> {
  made += 1;
  const type = `hostile.case_${made}`;
  const { timeoutMs = 4_000, maxAttempts = 2, baseDelayMs = 3_600_000 } = options;
  await desk.sql`
    insert into destinations (slug, name, kind, managed, providers, event_types, url, timeout_ms, max_attempts, base_delay_ms)
    values (${`hostile-${made}`}, ${type}, 'http', true, '{standard}', ${[type]}, ${url}, ${timeoutMs}, ${maxAttempts},
      ${baseDelayMs})`;
  return eventIdIn(await send("standard", { type, data: { case: made } }));
}

/** The attempts of an event's delivery, once there are `count` and none is open. */
export async function attemptsOf(desk: Desk, eventId: number, count = 1, limitMs = 30_000): Promise<RecordedAttempt[]> {
  for (const giveUp = Date.now() + limitMs; Date.now() < giveUp; ) {
    const rows = await desk.sql<RecordedAttempt[]>`
      select a.status, a.error_class, a.error, a.http_status, a.duration_ms, a.response_headers, a.response_body,
        a.response_truncated, d.status as delivery_status, (extract(epoch from d.due_at - now()) * 1000)::float8 as wait_ms
      from attempts a join deliveries d on d.id = a.delivery_id
      where d.event_id = ${eventId} order by a.number`;
    if (rows.length >= count && rows.every((row) => row.status !== "open")) return [...rows];
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Event ${eventId} had no ${count} ended attempts within ${limitMs} ms.`);
}
