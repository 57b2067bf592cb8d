/** Whether an endpoint works: a test without an event, a sample with one, and a probe of an open circuit. */

import type { EndpointTest } from "@/lib/contract/destinations";
import { printId } from "@/lib/contract/ids";
import { call } from "@/lib/db/client";
import type { SealedDestination } from "@/lib/db/functions/people";
import { openHeaders, secretsOf } from "@/lib/destinations/secrets";
import { testEndpoint } from "@/lib/destinations/test-endpoint";
import { ConfigurationError, environment } from "@/lib/env";
import { log } from "@/lib/log";
import { encoded } from "@/lib/pipeline/event-row";
import { sampleEvent, samplePayload } from "@/lib/pipeline/publish";
import { wakeWorker } from "@/lib/pipeline/wake-worker";
import { getSealedDestination } from "@/lib/queries/destinations";
import { Refusal } from "@/lib/refusals";
import { scopeOf } from "@/lib/scope";
import { type ActorContext, byArguments } from "./actor";

const MOST_TESTS_PER_MINUTE = 30;

/** Sends a signed `webhook.test` to its URL, as a delivery would be sent. No event is made. Throws a `Refusal`. */
export async function testDestination(id: number, by: ActorContext): Promise<EndpointTest> {
  const sealed = await getSealedDestination(id, by.actor);
  await noteEndpointTest({ subject: printId("destination", id) }, by);
  if (sealed.url === null) throw new Refusal("no_endpoint");
  const payload: unknown = JSON.parse(samplePayload().toString("utf8"));
  return testEndpoint({ url: sealed.url, payload, ...openedSecrets(sealed), timeoutMs: sealed.timeout_ms });
}

/** The headers and secrets of a destination, decrypted. Throws a `Refusal` when they are unreadable. */
export function openedSecrets(sealed: SealedDestination) {
  try {
    return { headers: openHeaders(sealed), secrets: secretsOf(sealed, environment()) };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new Refusal("secrets_unreadable", { detail: error.message });
  }
}

/** Records the test for the actor, whose tests are counted. Throws a `Refusal` when there were too many. */
export async function noteEndpointTest(
  { subject, merchantId }: { subject: string; merchantId?: string },
  by: ActorContext,
): Promise<void> {
  const noted = await call("console", "note_endpoint_test", {
    ...byArguments(by),
    p_subject: subject,
    p_details: merchantId === undefined ? {} : { merchant_id: merchantId },
    p_most_per_minute: MOST_TESTS_PER_MINUTE,
  });
  if (!noted) throw new Refusal("too_many_tests", { most: MOST_TESTS_PER_MINUTE });
}

/**
 * Publishes a `webhook.test` event for one destination only, whatever its event types. Throws a `Refusal` when it cannot be
 * published.
 */
export async function createSample(id: number, by: ActorContext): Promise<{ event_id: string; delivery_id: number }> {
  const { organisation_id } = await getSealedDestination(id, by.actor);
  const row = sampleEvent(organisation_id ?? undefined, by.requestId);
  const answer = await call("console", "create_sample", {
    p_id: id,
    p_event: encoded(row),
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  if (answer.result !== "done") throw refusalOf(answer.result);
  const { event_id, delivery_id } = answer;
  log("publish", { request_id: by.requestId, event_id, event_type: row.event_type, decision: "sample" });
  wakeWorker();
  return { event_id, delivery_id };
}

/**
 * Sends the next waiting delivery of an open circuit at once. `all`: those that wait for their retry follow as soon as it
 * succeeds. Of two simultaneous callers, one gets the refusal that a delivery is under way already.
 */
export async function tryDestinationNow(id: number, all: boolean, by: ActorContext): Promise<void> {
  const answer = await call("console", "try_destination_now", {
    p_id: id,
    p_all: all,
    ...scopeOf(by.actor),
    ...byArguments(by),
  });
  const fields = { request_id: by.requestId, destination_id: printId("destination", id), actor: by.actor.id };
  log("destination", { ...fields, step: "try_now", decision: answer.result });
  if (answer.result === "done") return wakeWorker();
  const { result, until } = answer;
  if (result === "not_found" || result === "not_possible") throw refusalOf(result);
  throw new Refusal("not_tried", { because: result, until });
}

function refusalOf(result: "not_found" | "not_possible"): Refusal {
  return new Refusal(result === "not_found" ? "no_such_destination" : "no_endpoint");
}
