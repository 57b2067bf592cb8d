/** The events in the body of `POST /api/events`, with their data as the received bytes. */
import { isUtf8 } from "node:buffer";
import type { z } from "zod";
import { idempotencyKey, MOST_PUBLISHED, publishEvent } from "@/lib/contract/api/publish";
import { elementsOf, membersOf } from "@/lib/providers/json-bytes";
import type { Publication } from "@/lib/providers/platform";
import { operationOfRequest, refuseUnknownFields } from "./known-names";
import { Problem } from "./problem";

/** An event and, in a list, its position: `[3].eventType`. */
type Given = { value: z.infer<typeof publishEvent>; json: Buffer; place: string };
type OwnedPublication = Publication & { organisationId: string };

/** One publication, or a list of them. Used instead of `readJson`. Throws a `Problem` that names the field. */
export async function readJsonPublications(
  bytes: Buffer,
  request: Request,
): Promise<{ isList: boolean; publications: OwnedPublication[] }> {
  const { headers } = request;
  const body = parse(bytes);
  const operation = operationOfRequest(request);
  if (operation) refuseUnknownFields(operation, body);
  const isList = Array.isArray(body);
  const values = isList ? requireFew(body) : [body];
  const jsons = isList ? (elementsOf(bytes) ?? []) : [bytes];
  const given = values.map((value, index): Given => {
    const place = isList ? `[${index}].` : "";
    return { value: checked(value, place), json: jsons[index] as Buffer, place };
  });
  const key = headers.get("idempotency-key") ?? undefined;
  // Two headers arrive as one, with a comma between them. We must not choose one of the two.
  if (key !== undefined && /,[ \t]/.test(key))
    throw wrong("Idempotency-Key", "It came more than once: send one of them.");
  if (key !== undefined && isList) {
    throw wrong("Idempotency-Key", "A list needs an idempotencyKey in each of its events instead.");
  }
  return { isList, publications: given.map((one) => publicationOf(one, key)) };
}

function parse(bytes: Buffer): unknown {
  try {
    if (isUtf8(bytes)) return JSON.parse(bytes.toString("utf8"));
  } catch {
    // Gets the same answer as bytes that are not text.
  }
  throw wrong("body", 'Send {"eventType": "payment.completed", …} as JSON, or a list of such events.');
}

function requireFew(events: unknown[]): unknown[] {
  if (events.length > 0 && events.length <= MOST_PUBLISHED) return events;
  throw wrong("body", `A list has 1 to ${MOST_PUBLISHED} events.`);
}

function checked(value: unknown, place: string): z.infer<typeof publishEvent> {
  const parsed = publishEvent.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw wrong(`${place}${issue?.path.join(".") || "body"}`, issue?.message);
}

function publicationOf({ value, json, place }: Given, header: string | undefined): OwnedPublication {
  const { eventType, timestamp = new Date().toISOString() } = value;
  const organisationId = value.organisationId ?? value.merchantId;
  if (!organisationId) throw wrong(`${place}organisationId`, "Say whose event it is: the merchant's id.");
  if (value.merchantId && value.merchantId !== organisationId) {
    throw wrong(`${place}merchantId`, "It differs from organisationId, which means the same: send one of them.");
  }
  if (header !== undefined && value.idempotencyKey !== undefined && header !== value.idempotencyKey) {
    throw wrong("Idempotency-Key", "It differs from the idempotencyKey in the body: send one of them.");
  }
  const key = idempotencyKey.safeParse(value.idempotencyKey ?? header);
  if (!key.success) {
    throw wrong(`${place}idempotencyKey`, "Name the event with up to 255 plain characters, such as a UUID.");
  }
  const data = membersOf(json).get("data") as Buffer;
  return { organisationId, eventType, idempotencyKey: key.data, timestamp, data };
}

function wrong(field: string, detail: string | undefined): Problem {
  return new Problem({ status: 400, title: `The value of ${field} is not valid.`, detail, field });
}
