import type { AskedOptions } from "@/lib/client/replays";
import type { ReplayOptions } from "@/lib/contract/replay-options";
import { plural } from "../format";

/** The options of a replay in words, stored or still being chosen. Only what differs from doing it all at once. */
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

/** A list of words as a sentence of its own: the first letter is raised. */
export function sentence(words: string[]): string {
  const text = words.join(", ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
