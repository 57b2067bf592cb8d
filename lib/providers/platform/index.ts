/**
 * Events that we publish ourselves, through POST /api/events. There is no webhook endpoint, and the API has checked the
 * caller. Merchants get the envelope of their runbook ("Event Deduplication").
 */
import { createHash } from "node:crypto";
import { customerSummary } from "../customer-data";
import { membersOf } from "../json-bytes";
import {
  acceptAs,
  type Identity,
  type OutgoingEvent,
  type Provider,
  type RawRequest,
  refuse,
  type VerifiedRequest,
} from "../provider";
import { at } from "../shape";

/** One event as it is published. */
export interface Publication {
  /** Undefined only for samples, which every destination that asks for them gets. */
  organisationId?: string;
  eventType: string;
  /** The publisher's own name for the event: publishing again under the same name makes no new event. */
  idempotencyKey: string;
  /** When it happened, ISO 8601. */
  timestamp: string;
  /** JSON, passed on byte for byte. */
  data: Buffer;
  /** How many forwards came before it, when a destination leads back to our own API. */
  hops?: number;
}

export const platform: Provider = {
  slug: "platform",
  label: "Platform",
  mark: "Pl",
  scheme: "Published through POST /api/events with a bearer token of the scope events:publish",
  secretsVariable: "API_TOKEN_SECRET",
  published: true,
  refusalStatus: 401,
  secretHeaders: [],

  verify: () => refuse("unsigned", "Platform events are published through POST /api/events."),

  // Reads the bytes instead of the payload, which is undefined when a large body costs too much to parse.
  identify({ body }): Identity {
    const stored = membersOf(body);
    const data = stored.get("data") ?? Buffer.from("{}");
    const text = (name: string) => textOf(stored.get(name)) ?? "";
    const organisationId = text("organisationId");
    return {
      // No organisation has a slash in its name, so two pairs never make the same key.
      eventKey: `${organisationId}/${text("idempotencyKey")}`,
      eventType: text("eventType"),
      organisationId,
      objectId: textOf(membersOf(data).get("id")),
      occurredAt: text("timestamp"),
      writtenTime: stored.get("timestamp")?.toString("utf8"),
      // Without the time: a publisher that sets a new time on a retry still means the same event.
      fingerprint: createHash("sha256")
        .update(`${text("eventType")}\n`)
        .update(data)
        .digest(),
    };
  },

  summary: ({ eventType, payload }) => customerSummary(at(payload, "data"), eventType),

  outgoing({ id, body, replayed }: OutgoingEvent): Buffer {
    const stored = membersOf(body);
    const timestamp = stored.get("timestamp");
    return object([
      ["eventId", JSON.stringify(id)],
      ["idempotencyKey", stored.get("idempotencyKey")],
      ["eventType", stored.get("eventType")],
      ["timestamp", timestamp],
      ["isReplay", String(replayed)],
      ["originalTimestamp", timestamp],
      ["data", stored.get("data")],
    ]);
  },
};

/** The request that is stored for a publication. Its bytes are the record; the event's own id is added when it is sent. */
export function publishedRequest({ data, hops, ...head }: Publication): VerifiedRequest {
  const { organisationId, eventType, idempotencyKey, timestamp } = head;
  const body = object([
    ...(organisationId === undefined ? [] : [["organisationId", JSON.stringify(organisationId)] as const]),
    ["eventType", JSON.stringify(eventType)],
    ["idempotencyKey", JSON.stringify(idempotencyKey)],
    ["timestamp", JSON.stringify(timestamp)],
    ["data", data],
  ]);
  const request: RawRequest = {
    method: "POST",
    path: "/api/events",
    headers: [["content-type", "application/json"], ...(hops ? [["redrive-hops", String(hops)] as const] : [])],
    body,
  };
  const verification = acceptAs("token", request);
  if (!verification.ok) throw new Error("A published event is always verified.");
  return verification.request;
}

/** The text of a JSON string or number, digit by digit. */
function textOf(json: Buffer | undefined): string | undefined {
  const text = json?.toString("utf8") ?? "";
  if (text.startsWith('"')) return JSON.parse(text) || undefined;
  return /^-?\d/.test(text) ? text : undefined;
}

/** A JSON object whose values are JSON already. */
function object(members: readonly (readonly [name: string, json: string | Buffer | undefined])[]): Buffer {
  const parts = members.flatMap(([name, json = "null"], index) => [
    Buffer.from(`${index === 0 ? "{" : ","}${JSON.stringify(name)}:`),
    Buffer.from(json as string),
  ]);
  return Buffer.concat([...parts, Buffer.from("}")]);
}
