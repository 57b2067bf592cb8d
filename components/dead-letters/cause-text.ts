/** A group of dead letters as a sentence. */
import type { DeadLetterGroup } from "@/lib/contract/dead-letters";
import { ERROR_CLASS } from "@/lib/contract/error-classes";
import { plural } from "../format";

/** `142 deliveries to Merchant A: the endpoint answered 503.` */
export function groupSentence({ count, destination, ...cause }: DeadLetterGroup): string {
  return `${plural(count, "delivery", "deliveries")} to ${destination.name}: ${causeText(cause)}.`;
}

function causeText({ http_status, error_class }: Pick<DeadLetterGroup, "http_status" | "error_class">): string {
  if (http_status !== null) return `the endpoint answered ${http_status}`;
  return error_class ? ERROR_CLASS[error_class].sentence : "no reason was recorded";
}
