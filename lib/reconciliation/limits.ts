/** What a provider's answer says about how fast it may be asked. */

/** A wish for a longer pause is cut: the window is tried again, and told again. */
const LONGEST_MS = 60 * 60 * 1000;
/** Larger numbers in a reset header are a time, smaller ones are seconds. */
const EPOCH = 1_000_000_000;

/**
 * How long the provider wants to be left alone, in milliseconds, null when it does not say: by `Retry-After`, or because its
 * limit is used up until a reset that it names.
 */
export function wishedWait(status: number, headers: Readonly<Record<string, string>>, now: number): number | null {
  const told = retryAfter(headers["retry-after"], now);
  if (told !== null) return told;
  const left = headers["x-ratelimit-remaining"] ?? headers["ratelimit-remaining"];
  const reset = Number(headers["x-ratelimit-reset"] ?? headers["ratelimit-reset"]);
  const isUsedUp = status === 429 || (left !== undefined && Number(left) <= 0);
  if (!isUsedUp || !(reset >= 0)) return null;
  const seconds = reset >= EPOCH * 1000 ? reset / 1000 : reset;
  return bounded(seconds >= EPOCH ? seconds * 1000 - now : seconds * 1000);
}

/** Seconds, or a date. */
function retryAfter(value: string | undefined, now: number): number | null {
  if (value === undefined || value.trim() === "") return null;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return bounded(seconds * 1000);
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : bounded(at - now);
}

function bounded(ms: number): number {
  return Math.min(LONGEST_MS, Math.max(0, Math.ceil(ms)));
}
