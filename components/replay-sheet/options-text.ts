import type { AskedOptions } from "@/lib/client/replays";
import type { ReplayOptions } from "@/lib/contract/replay-options";
import { plural } from "../format";

/** The options of a replay in words, stored or still being chosen. Leaves out the defaults. */
export function optionText(options: AskedOptions | ReplayOptions, single: boolean): string[] {
  const { canary = 0, delayBetweenBatches = 0, batchSize = 100, maxRetries, stopOnFailureRate } = options;
  const words = [
    options.ratePerSecond && `at most ${options.ratePerSecond} per second`,
    canary > 0 && `${plural(canary, "delivery", "deliveries")} first as a trial`,
    typeof stopOnFailureRate === "number" && `stops when more than ${Math.round(stopOnFailureRate * 100)} % fail`,
    options.preserveOriginalOrder && "oldest first, one at a time per object",
    delayBetweenBatches > 0 && `pauses ${delayBetweenBatches} s after every ${batchSize}`,
    (maxRetries === 0 || options.retryFailedEvents === false) && "one try each",
    typeof maxRetries === "number" && maxRetries > 0 && `up to ${plural(maxRetries, "retry", "retries")} each`,
    options.destinations === "current" && "current routing as well",
    options.skipAlreadyApplied === false && !single && "includes already delivered events",
  ];
  return words.filter((word) => typeof word === "string");
}

/** When the person who starts it is told; undefined when never. */
export function notifyText({ notifyOnCompletion, notifyOnFailure, notifyOnSuccess }: AskedOptions): string | undefined {
  if (notifyOnCompletion || (notifyOnFailure && notifyOnSuccess)) return "tells you when it ends";
  if (notifyOnFailure) return "tells you when something fails";
  return notifyOnSuccess ? "tells you when all succeeded" : undefined;
}

/** Raises the first letter of a list of words, to make it a sentence. */
export function sentence(words: string[]): string {
  const text = words.join(", ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
