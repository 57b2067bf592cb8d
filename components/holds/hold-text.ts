/** What holds deliveries back and until when, in words. The facts are SQL's (`hold_of` in 235_hold.sql). */
import type { Hold, ReplayHold } from "@/lib/contract/holds";
import { plural } from "../format";

/** Formats a time on the reader's clock. */
export type Clock = (iso: string) => string;

/** `The circuit of Agent SDK is open until 16:09:10. Then one delivery is let through, …` */
export function holdSentence(hold: Hold, name: string, clock: Clock): string {
  const until = hold.until ? clock(hold.until) : null;
  switch (hold.why) {
    case "circuit":
      return `The circuit of ${name} is open${until ? ` until ${until}` : ""}. Then one test delivery is sent. When it succeeds, the others follow.`;
    case "probe":
      return `The circuit of ${name} was open. One test delivery is sent. When it succeeds, the others follow.`;
    case "throttled":
      return `${name} asked to slow down. Deliveries go on${until ? ` at ${until}` : " soon"}.`;
    case "paused":
      return `${name} ${pausedText(hold, clock)}. Deliveries are sent when it is resumed.`;
    case "disabled":
      return `${name} ${disabledText(hold)}. Deliveries are sent when it is enabled.`;
    case "order":
      return `${name} gets its deliveries in order, and an older one goes first${until ? `, which is retried at ${until}` : ""}.`;
  }
}

/** `12 deliveries wait. The circuit of Agent SDK is open …` */
export function replayHoldSentence(hold: ReplayHold, clock: Clock): string {
  const { deliveries, destination } = hold;
  return `${plural(deliveries, "delivery waits", "deliveries wait")}. ${holdSentence(hold, destination, clock)}`;
}

/** The short form for a row of a list: `circuit open until 16:09:10`. */
export function holdShort({ why, until }: Hold, clock: Clock): string {
  switch (why) {
    case "circuit":
      return until ? `circuit open until ${clock(until)}` : "circuit open";
    case "probe":
      return "waiting for a test delivery";
    case "throttled":
      return until ? `slowed down until ${clock(until)}` : "slowed down";
    case "paused":
      return "destination paused";
    case "disabled":
      return "destination disabled";
    case "order":
      return "an older one goes first";
  }
}

function pausedText({ by, since }: Hold, clock: Clock): string {
  if (!by && !since) return "is paused";
  return `was paused${by ? ` by ${by}` : ""}${since ? ` at ${clock(since)}` : ""}`;
}

function disabledText({ by, because }: Hold): string {
  const why = because ? `: ${because.replace(/\.$/, "")}` : "";
  return by ? `was disabled by ${by}${why}` : `is disabled${why}`;
}
