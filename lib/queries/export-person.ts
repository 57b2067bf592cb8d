/** What is stored about the person of a data request, as one JSON file to hand over. Events are read in small parts. */
import { call } from "@/lib/db/client";
import type { EventOfPerson, PersonFound } from "@/lib/db/functions/reads";
import { maskSecrets } from "@/lib/pipeline/mask";
import { parseBody } from "@/lib/pipeline/parse";
import { findProvider } from "@/lib/providers";
import { Refusal } from "@/lib/refusals";
import { type Scoped, scopeOf } from "@/lib/scope";
import { getEvent, numberOf } from "./events";
import { type OnEnd, type Part, streamOf } from "./export-items";

/** A body may have 25 MiB, and one answer of the database is held in memory. */
const EVENTS_AT_A_TIME = 5;

/** Whom the data request of this event is about. Throws a `Refusal` when there is no such event, or it is none. */
export async function findPerson(eventId: string, asker: Scoped): Promise<PersonFound> {
  const number = numberOf(eventId);
  if (number === null) throw new Refusal("no_such_event");
  const found = await call("console", "find_person", { p_event_id: number, ...scopeOf(asker) });
  if (!found) throw new Refusal((await getEvent(eventId, asker)) ? "no_data_request" : "no_such_event");
  return found;
}

/** The file: the request, the rows of each table, and the events with what they said. */
export function exportPerson(person: PersonFound, asker: Scoped, onEnd: OnEnd): ReadableStream<Uint8Array> {
  return streamOf(parts(person, asker), onEnd);
}

async function* parts({ request, rows, event_ids }: PersonFound, asker: Scoped): AsyncGenerator<Part> {
  const limited = asker.organisations && { limited_to_organisations: asker.organisations };
  const head = JSON.stringify({ request, ...limited, rows }, null, 1);
  const count = Object.values(rows).reduce((sum, list) => sum + list.length, 0);
  yield { text: `${head.slice(0, -2)},\n "events": [`, rows: count };
  for (let from = 0; from < event_ids.length; from += EVENTS_AT_A_TIME) {
    const p_ids = event_ids.slice(from, from + EVENTS_AT_A_TIME);
    const events = await call("console", "read_events_of_person", { p_ids, ...scopeOf(asker) });
    const text = events.map((event) => JSON.stringify(shown(event))).join(",\n");
    yield { text: `${from > 0 && text ? "," : ""}\n${text}`, rows: events.length };
  }
  yield { text: "\n ]\n}\n", rows: 0 };
}

/** With its body as JSON where it is JSON, else as base64. */
function shown({ body_base64, body_forgotten, ...event }: EventOfPerson): Record<string, unknown> {
  if (body_base64 === null) return { ...event, body: null, body_forgotten };
  const bytes = maskSecrets(
    Buffer.from(body_base64, "base64"),
    findProvider(event.provider) ?? { slug: event.provider },
  );
  // Numbers beyond 2^53 become text, so that no id changes.
  const { value } = parseBody(bytes);
  return value === undefined ? { ...event, body_base64: bytes.toString("base64") } : { ...event, body: value };
}
