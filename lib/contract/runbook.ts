/** The runbooks' step for each error class: what to look at, then what to press. The hint in vocabulary.ts says what it means. */
import type { ErrorClass } from "./vocabulary";

export interface RunbookStep {
  check: string;
  press: string;
}

const ENDPOINT_BACK = "Test the destination. When it answers 2xx, replay this event, then the rest of its group.";

export const RUNBOOK: Record<ErrorClass, RunbookStep> = {
  timeout: {
    check: "Compare its response time with the time limit, and look for a slow database or a queue behind it.",
    press: ENDPOINT_BACK,
  },
  connection_refused: {
    check: "Is the service running, and is the port of the URL the one it listens on?",
    press: ENDPOINT_BACK,
  },
  connection_reset: {
    check:
      "Check the logs of the endpoint and its proxy at the time of the last attempt: a crash, or a body size limit.",
    press: ENDPOINT_BACK,
  },
  dns: {
    check: "Does the name resolve from outside, and did its records change recently?",
    press: "Correct the URL or the records, test the destination, then replay this event.",
  },
  tls: {
    check: "Has the certificate run out, does it name this host, and is its chain complete?",
    press: "Renew it, test the destination, then replay this event.",
  },
  http_4xx: {
    check: "Read the answer of the last attempt. 404 means a wrong path, 400 a request that the endpoint cannot read.",
    press: "Correct the URL or the endpoint, then replay this event alone before its group.",
  },
  http_401: {
    check: "Does the endpoint have the signing secret of this destination, and does it check the received bytes?",
    press: "Enter or rotate the secret on both sides, test the destination, then replay this event.",
  },
  http_422: {
    check: "Read the answer of the last attempt and compare the payload with what the endpoint expects.",
    press: "Fix the endpoint. The bytes of an event never change, so only then a replay helps.",
  },
  http_429: {
    check: "Is the destination's rate above what the endpoint allows?",
    press: "Lower the rate of the destination, then replay slowly. It has asked for less traffic, not for more.",
  },
  http_5xx: {
    check: "Find the request in the endpoint's log by its webhook-id, which is this event's id.",
    press: ENDPOINT_BACK,
  },
  redirect: {
    check: "The Location header of the last answer names the final URL. Often only https or a slash is missing.",
    press: "Enter that URL at the destination, then replay this event.",
  },
  response_too_large: {
    check: "Does the endpoint answer with a page instead of a short acknowledgement?",
    press:
      "It has probably handled the event. Make sure, then mark it as resolved, or replay it once the answer is short.",
  },
  blocked_address: {
    check: "Which address does the host resolve to, and is it meant to be reachable from here?",
    press: "Correct the URL or allow the network, then replay this event.",
  },
  delivery_loop: {
    check: "Which service does the URL lead to, and does it pass its requests on to Redrive?",
    press: "Change the destination's URL. Do not replay: the event was delivered here before it came back.",
  },
  invalid_payload: {
    check: "Find the field that the message names in the payload. Did the provider change its API version?",
    press: "An engineer adapts the projection. Then preview the replay, which shows the rows before it writes them.",
  },
  constraint: {
    check: "Which row does the message name, and was it changed by hand?",
    press: "Correct that row, preview the replay, then run it.",
  },
  handler_error: {
    check: "Check the server's log for this event's id, and whether other events of its type fail the same way.",
    press: "Escalate with the event's link and the message. Replay once the fix is deployed.",
  },
  lease_expired: {
    check: "Was a process restarted or killed at that time? Are workers running now?",
    press: "Wait for the next attempt. If none is left, replay this event: the endpoint may have it already.",
  },
};
