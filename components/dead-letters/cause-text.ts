/** A group of dead letters as a sentence. */
import type { DeadLetterGroup } from "@/lib/contract/dead-letters";
import type { ErrorClass } from "@/lib/contract/vocabulary";
import { plural } from "../format";

/** What happened, where no HTTP status says it. */
const HAPPENED: Record<ErrorClass, string> = {
  timeout: "the endpoint did not answer in time",
  connection_refused: "the connection was refused",
  connection_reset: "the endpoint closed the connection",
  dns: "the host was not found",
  tls: "the TLS handshake failed",
  http_4xx: "the endpoint rejected them",
  http_401: "the endpoint did not accept our credentials",
  http_422: "the endpoint did not understand the payload",
  http_429: "the endpoint limits its request rate",
  http_5xx: "the endpoint failed",
  redirect: "the endpoint answered with a redirect",
  response_too_large: "the endpoint's answer was too large",
  blocked_address: "the address is not allowed",
  delivery_loop: "the destination leads back to Redrive",
  invalid_payload: "the payload does not match its documentation",
  constraint: "the database refused the rows",
  handler_error: "Redrive's own code failed",
  lease_expired: "the worker process stopped",
};

/** `142 deliveries to Merchant A: the endpoint answered 503.` */
export function groupSentence({ count, destination, ...cause }: DeadLetterGroup): string {
  return `${plural(count, "delivery", "deliveries")} to ${destination.name}: ${causeText(cause)}.`;
}

function causeText({ http_status, error_class }: Pick<DeadLetterGroup, "http_status" | "error_class">): string {
  if (http_status !== null) return `the endpoint answered ${http_status}`;
  return error_class ? HAPPENED[error_class] : "no reason was recorded";
}
