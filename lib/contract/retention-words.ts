/** The words of retention, for pages and for answers of the API. */
import type { RetentionClass } from "./api/retention";

export const RETENTION_CLASS: Record<RetentionClass, { label: string; meaning: string }> = {
  bodies: {
    label: "Received bytes",
    meaning:
      "The bodies of webhooks. An event without its bytes is still listed, but cannot be replayed or downloaded.",
  },
  readable: {
    label: "Payload and headers",
    meaning:
      "What can be read and searched of an event. It goes only after the bytes, because a replay needs the headers.",
  },
  answers: {
    label: "Answers and changes",
    meaning: "What endpoints answered, and the old and new values of rows. That there was an attempt, and when, stays.",
  },
  events: {
    label: "Events",
    meaning:
      "Events with their deliveries, attempts and notes. They go only after the bytes. What is sent again is still a duplicate.",
  },
  audit: { label: "Audit log", meaning: "What people and tokens did." },
};

/** When the bytes went and why, for whoever misses them. */
export function forgottenText({ at, days }: { at: string | null; days: number | null }): string {
  if (at === null || days === null) return "The bytes were deleted.";
  const day = new Date(at).toLocaleDateString("en-GB", {
    ...{ day: "numeric", month: "short", year: "numeric", timeZone: "UTC" },
  });
  return `The bytes were deleted on ${day} under the retention of ${daysText(days)}.`;
}

export function daysText(days: number): string {
  return days === 1 ? "1 day" : `${days.toLocaleString("en-GB")} days`;
}
