/**
 * Events that we publish ourselves, through POST /api/events: there is no door, and the API has checked who asks.
 * What merchants get is the envelope of their runbook ("Event Deduplication").
 */
import { createHash } from "node:crypto";
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

/** One event as it is published. */
export interface Publication {
  /** Undefined only for samples: whoever wants them gets them. */
  organisationId?: string;
  eventType: string;
  /** The publisher's own name for it: publishing it again under the same name is no new event. */
  idempotencyKey: string;
  /** When it happened, ISO 8601. */
  timestamp: string;
  /** JSON, passed on byte for byte. */
  data: Buffer;
  /** How many forwards lie behind it, where a destination leads back to our own API. */
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

  // Reads the bytes and not the payload, which is undefined where a large body costs too much to parse.
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
      // Not the time: a publisher that stamps its retry anew still means the same event.
      fingerprint: createHash("sha256")
        .update(`${text("eventType")}\n`)
        .update(data)
        .digest(),
    };
  },

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

/** The request that is stored for a publication. Its bytes are the record; the event's own id is added on the way out. */
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

/** A JSON object of values that are JSON already. */
function object(members: readonly (readonly [name: string, json: string | Buffer | undefined])[]): Buffer {
  const parts = members.flatMap(([name, json = "null"], index) => [
    Buffer.from(`${index === 0 ? "{" : ","}${JSON.stringify(name)}:`),
    Buffer.from(json as string),
  ]);
  return Buffer.concat([...parts, Buffer.from("}")]);
}
