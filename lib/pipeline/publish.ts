/** publish: our own events take the same path as all others: stored, fanned out and committed before the answer. */

import { randomUUID } from "node:crypto";
import { printId } from "@/lib/contract/ids";
import type { PublishedEvent } from "@/lib/contract/platform";
import { DatabaseUnavailable } from "@/lib/db/client";
import { log } from "@/lib/log";
import { type Publication, platform, publishedRequest } from "@/lib/providers/platform";
import type { HeaderPairs } from "@/lib/providers/provider";
import { beyondScope, isWithin, type Scoped } from "@/lib/scope";
import { tracing } from "@/lib/tracing/tracing";
import { storeEvent } from "./accept";
import { BatcherFull } from "./batcher";
import { type EventRow, eventRow } from "./event-row";
import { wakeWorker } from "./wake-worker";

/**
 * Publishes events, those of one organisation one after the other, so that they are delivered in the given order. Throws a
 * `Refusal`, and publishes none, when one is not of the publisher's organisations. Throws `DatabaseUnavailable` when it is
 * not certain what was stored: publishing them again makes duplicates of the stored ones. `headers` are those of the
 * request: its trace goes on in each event.
 */
export async function publishEvents(
  publications: readonly (Publication & { organisationId: string })[],
  requestId: string,
  publisher: Scoped,
  headers: HeaderPairs = [],
): Promise<PublishedEvent[]> {
  const beyond = publications.findIndex(({ organisationId }) => !isWithin(publisher, organisationId));
  if (beyond >= 0)
    throw beyondScope(publisher, publications.length > 1 ? `[${beyond}].organisationId` : "organisationId");
  const last = new Map<string, Promise<unknown>>();
  const published = publications.map((publication) => {
    const before = last.get(publication.organisationId) ?? Promise.resolve();
    const result = before.then(() => publishOne(publication, requestId, headers));
    last.set(publication.organisationId, result);
    return result;
  });
  try {
    return await Promise.all(published);
  } finally {
    await Promise.allSettled(published);
    wakeWorker();
  }
}

async function publishOne(
  publication: Publication & { organisationId: string },
  requestId: string,
  headers: HeaderPairs,
): Promise<PublishedEvent> {
  const request = { method: "POST", route: "/api/events", headers, provider: platform.slug };
  const span = tracing()?.receipt({ ...request, startedAt: performance.now() });
  const row = { ...publicationRow(publication, requestId), traceparent: span?.traceparent };
  const { event_type } = row;
  const { event_id, outcome } = await storeEvent(row).catch((error: unknown) => {
    span?.end({ decision: "unavailable", event_type });
    throw error instanceof BatcherFull ? new DatabaseUnavailable(error.message) : error;
  });
  span?.end({ decision: outcome, event_id, event_type });
  log("publish", {
    request_id: requestId,
    event_id: printId("event", event_id),
    event_type,
    organisation_id: row.organisation_id,
    decision: outcome,
    trace_id: span?.traceId,
  });
  return {
    event_id: printId("event", event_id),
    organisation_id: publication.organisationId,
    idempotency_key: publication.idempotencyKey,
    outcome,
  };
}

/** A `webhook.test` event that is not stored yet. */
export function sampleEvent(organisationId: string | undefined, requestId: string): EventRow {
  return publicationRow(samplePublication(organisationId), requestId);
}

/** The body of a test request: a `webhook.test` event as an endpoint gets it, under an id that no event has. */
export function samplePayload(): Buffer {
  const publication = samplePublication();
  const { body } = publishedRequest(publication);
  return platform.outgoing?.({ id: publication.idempotencyKey, body, replayed: false }) ?? body;
}

function samplePublication(organisationId?: string): Publication {
  return {
    organisationId,
    eventType: "webhook.test",
    idempotencyKey: `test_${randomUUID()}`,
    timestamp: new Date().toISOString(),
    data: Buffer.from('{"test":true}'),
  };
}

function publicationRow(publication: Publication, requestId: string): EventRow {
  return eventRow(platform, publishedRequest(publication), requestId);
}
