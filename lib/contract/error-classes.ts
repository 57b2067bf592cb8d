/**
 * Every way in which a delivery can fail, with its texts and how it is handled, in one place. A class that is added to the
 * database's enum needs its entry here; nothing else.
 */
import type { ErrorClass } from "./vocabulary";

export interface ErrorClassFacts {
  /** In lists and filters. */
  label: string;
  /** What happened, as the end of a sentence: `142 deliveries to Merchant A: the connection was refused.` */
  sentence: string;
  /** What it means, and what to do. */
  hint: string;
  /** The runbooks' step: what to check … */
  check: string;
  /** … and what to do then. */
  next: string;
  /** Whether a retry can help: 5xx, 429, timeouts, network and DNS are retried, client and configuration errors never. */
  isRetryable: boolean;
  /** The word of the Globapay runbook: what `failures` says and `onlySpecificFailures` takes. */
  runbookLabel: string;
}

const WHEN_IT_IS_BACK = "Test the destination. When it answers 2xx, replay this event, then the rest of its group.";

export const ERROR_CLASS: Readonly<Record<ErrorClass, ErrorClassFacts>> = {
  timeout: {
    label: "Timed out",
    sentence: "the endpoint did not answer in time",
    hint: "The endpoint did not answer in time. Check that it is up and not overloaded, then replay.",
    check: "Compare its response time with the time limit, and look for a slow database or a queue behind it.",
    next: WHEN_IT_IS_BACK,
    isRetryable: true,
    runbookLabel: "Connection timeout",
  },
  connection_refused: {
    label: "Connection refused",
    sentence: "the connection was refused",
    hint: "Nothing listens at that address. Start the endpoint or correct its URL, then replay.",
    check: "Is the service running, and is the port of the URL the one it listens on?",
    next: WHEN_IT_IS_BACK,
    isRetryable: true,
    runbookLabel: "Connection refused",
  },
  connection_reset: {
    label: "Connection reset",
    sentence: "the endpoint closed the connection",
    hint: "The endpoint closed the connection before it answered. Look for a crash or a proxy limit, then replay.",
    check:
      "Check the logs of the endpoint and its proxy at the time of the last attempt: a crash, or a body size limit.",
    next: WHEN_IT_IS_BACK,
    isRetryable: true,
    runbookLabel: "Connection reset",
  },
  dns: {
    label: "Host not found",
    sentence: "the host was not found",
    hint: "The host name does not resolve. Check its spelling and its DNS records, then replay.",
    check: "Does the name resolve from outside, and did its records change recently?",
    next: "Correct the URL or the records, test the destination, then replay this event.",
    isRetryable: true,
    runbookLabel: "DNS resolution failed",
  },
  tls: {
    label: "TLS failed",
    sentence: "the TLS handshake failed",
    hint: "The certificate or the TLS handshake was refused. Renew or correct the certificate, then replay.",
    check: "Has the certificate run out, does it name this host, and is its chain complete?",
    next: "Renew it, test the destination, then replay this event.",
    // Usually the certificate is renewed while we wait.
    isRetryable: true,
    runbookLabel: "SSL handshake failed",
  },
  http_4xx: {
    label: "Refused by the endpoint (4xx)",
    sentence: "the endpoint rejected them",
    hint: "The endpoint answered that the request is wrong. A retry will not help: fix the endpoint, then replay.",
    check: "Read the answer of the last attempt. 404 means a wrong path, 400 a request that the endpoint cannot read.",
    next: "Correct the URL or the endpoint, then replay this event alone before its group.",
    isRetryable: false,
    runbookLabel: "HTTP 4xx",
  },
  http_401: {
    label: "Not authorised (401 or 403)",
    sentence: "the endpoint did not accept our credentials",
    hint: "The endpoint rejected Redrive's credentials or signature. Check the signing secret, then replay.",
    check: "Does the endpoint have the signing secret of this destination, and does it check the received bytes?",
    next: "Enter or rotate the secret on both sides, test the destination, then replay this event.",
    isRetryable: false,
    runbookLabel: "Unauthorized",
  },
  http_422: {
    label: "Payload not understood (422)",
    sentence: "the endpoint did not understand the payload",
    hint: "The endpoint could not use this payload. Compare it with what the endpoint expects, fix that, then replay.",
    check: "Read the answer of the last attempt and compare the payload with what the endpoint expects.",
    next: "Fix the endpoint. The bytes of an event never change, so only then a replay helps.",
    isRetryable: false,
    runbookLabel: "HTTP 422",
  },
  http_429: {
    label: "Too many requests (429)",
    sentence: "the endpoint limits its request rate",
    hint: "The endpoint asked Redrive to slow down. Retries wait as long as it asked.",
    check: "Is the destination's rate above what the endpoint allows?",
    next: "Lower the rate of the destination, then replay slowly. It has asked for less traffic, not for more.",
    isRetryable: true,
    runbookLabel: "HTTP 429",
  },
  http_5xx: {
    label: "Endpoint error (5xx)",
    sentence: "the endpoint failed",
    hint: "The endpoint failed while it handled the event. Check its log for the time below, fix it, then replay.",
    check: "Find the request in the endpoint's log by its webhook-id, which is this event's id.",
    next: WHEN_IT_IS_BACK,
    isRetryable: true,
    runbookLabel: "HTTP 5xx",
  },
  redirect: {
    label: "Redirected",
    sentence: "the endpoint answered with a redirect",
    hint: "The endpoint answered with a redirect, which is never followed. Enter its final URL, then replay.",
    check: "The Location header of the last answer names the final URL. Often only https or a slash is missing.",
    next: "Enter that URL at the destination, then replay this event.",
    isRetryable: false,
    runbookLabel: "Redirect",
  },
  response_too_large: {
    label: "Answer too large",
    sentence: "the endpoint's answer was too large",
    hint: "The endpoint's answer was too large to be read. It should answer with a short body.",
    check: "Does the endpoint answer with a page instead of a short acknowledgement?",
    next: "It has probably handled the event. Make sure, then mark it as resolved, or replay it once the answer is short.",
    isRetryable: false,
    runbookLabel: "Response too large",
  },
  blocked_address: {
    label: "Address not allowed",
    sentence: "the address is not allowed",
    hint: "The host leads to a private address. If that is intended, allow the network in EGRESS_ALLOW_PRIVATE, then replay.",
    check: "Which address does the host resolve to, and is it meant to be reachable from here?",
    next: "Correct the URL or allow the network, then replay this event.",
    isRetryable: false,
    runbookLabel: "Blocked address",
  },
  delivery_loop: {
    label: "Delivery loop",
    sentence: "the destination leads back to Redrive",
    hint: "The destination leads back to an endpoint of Redrive. Change its URL, or the relay behind it, so that it ends elsewhere.",
    check: "Which service does the URL lead to, and does it pass its requests on to Redrive?",
    next: "Change the destination's URL. Do not replay: the event was delivered here before it came back.",
    isRetryable: false,
    runbookLabel: "Delivery loop",
  },
  invalid_payload: {
    label: "Unexpected payload",
    sentence: "the payload does not match its documentation",
    hint: "The event does not have the documented shape, so its rows cannot be written. The message names the field.",
    check: "Find the field that the message names in the payload. Did the provider change its API version?",
    next: "An engineer adapts the projection. Then preview the replay, which shows the rows before it writes them.",
    isRetryable: false,
    runbookLabel: "Invalid payload",
  },
  constraint: {
    label: "Refused by the database",
    sentence: "the database refused the rows",
    hint: "A rule of the database refused the change. The message names it. Correct the data, then replay.",
    check: "Which row does the message name, and was it changed by hand?",
    next: "Correct that row, preview the replay, then run it.",
    isRetryable: false,
    runbookLabel: "Constraint violation",
  },
  handler_error: {
    label: "Handler failed",
    sentence: "Redrive's own code failed",
    hint: "Redrive's own code failed on this event. Give the message to an engineer.",
    check: "Check the server's log for this event's id, and whether other events of its type fail the same way.",
    next: "Escalate with the event's link and the message. Replay once the fix is deployed.",
    isRetryable: true,
    runbookLabel: "Handler error",
  },
  lease_expired: {
    label: "Interrupted",
    sentence: "the worker process stopped",
    hint: "The process that worked on it stopped before it reported a result. It is retried automatically until its attempts are used up.",
    check: "Was a process restarted or killed at that time? Are workers running now?",
    next: "Wait for the next attempt. If none is left, replay this event: the endpoint may have it already.",
    isRetryable: true,
    runbookLabel: "Interrupted",
  },
};
