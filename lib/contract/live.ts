/** The messages of `GET /api/live`: what changed, never the new state. A page that shows it reads it again. */
import { parseFullId } from "./ids";

export const TOPICS = [
  "events",
  "dead_letters",
  "replays",
  "destinations",
  "rejections",
  "notices",
  "incidents",
  /** Alerts that fired or resolved, and what people did about alerts, rules and silences. */
  "alerts",
  /** Actions of people: staff, tokens, sources, the audit log. */
  "audit",
] as const;

export type Topic = (typeof TOPICS)[number];

/** Ids are null when there were too many to list: any of them may have changed. */
export interface Change {
  topics: Topic[];
  event_ids: string[] | null;
  replay_ids: string[] | null;
}

/** A topic, or one event or replay by its id. */
export type Interest = Topic | `we_${string}` | `wr_${string}`;

/**
 * The events of the stream. `ready`: from here on nothing is missed. `change`: a `Change`. `reset`: too much time has passed
 * to say what changed, so read everything again. `beat`: nothing changed, and the stream is alive.
 */
export type LiveEventName = "ready" | "change" | "reset" | "beat";

/** Whether a change affects one of these interests. */
export function concerns({ topics, event_ids, replay_ids }: Change, interests: readonly Interest[]): boolean {
  return interests.some((interest) => {
    if (parseFullId("event", interest) !== undefined)
      return topics.includes("events") && (event_ids?.includes(interest) ?? true);
    if (parseFullId("replay", interest) !== undefined)
      return topics.includes("replays") && (replay_ids?.includes(interest) ?? true);
    return topics.includes(interest as Topic);
  });
}
