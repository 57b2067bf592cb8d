/** A retry schedule in words: three entered numbers, spelled out as times. */
import type { Destination } from "@/lib/contract/destinations";
import { duration } from "../format";

/** More pauses than this are given as a number, not listed. */
const SPELLED_OUT = 6;

export type Schedule = Pick<Destination, "max_attempts" | "base_delay_ms" | "backoff_factor">;

/** The pauses before the second, third … attempt, in milliseconds. */
export function pausesOf({ max_attempts, base_delay_ms, backoff_factor }: Schedule): number[] {
  const retries = Math.max(0, max_attempts - 1);
  return Array.from({ length: retries }, (_, retry) => base_delay_ms * backoff_factor ** retry);
}

/** `4 attempts: retries after 1 s, 2 s and 4 s.` */
export function scheduleText(schedule: Schedule): string {
  const pauses = pausesOf(schedule);
  if (pauses.length === 0) return "1 attempt, no retry.";
  const spelled = pauses.slice(0, SPELLED_OUT).map(short);
  const rest = pauses.length - spelled.length;
  const times = rest > 0 ? `${spelled.join(", ")} and ${rest} more` : listed(spelled);
  return `${schedule.max_attempts} attempts: ${pauses.length === 1 ? "a retry" : "retries"} after ${times}.`;
}

/** How long it is tried before it is dead, such as `7 s`. Each pause varies a little, so that retries are spread. */
export function scheduleSpan(schedule: Schedule): string {
  return short(pausesOf(schedule).reduce((sum, pause) => sum + pause, 0));
}

function listed(words: string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** `1 s`, not `1.0 s`. */
function short(ms: number): string {
  return duration(ms).replace(".0 s", " s");
}
