/** What is wrong with a destination and what happens next, in sentences. Null when nothing is. */
import type { Destination } from "@/lib/contract/destinations";
import { ERROR_CLASS } from "@/lib/contract/error-classes";
import { count, duration, plural } from "../format";

export interface Trouble {
  title: string;
  /** What will happen, or what to do. */
  outlook: string;
  /** The endpoint's answer. */
  said?: string;
}

/** The sentence at the top of its page. */
export function troubleOf(destination: Destination, now: number): Trouble | null {
  const { state, health, paused_at, disabled_because, hold } = destination;
  const held = heldText(destination);
  switch (state) {
    case "open":
      return {
        title: `Circuit open: ${failedText(destination)}.`,
        outlook: `${nextTry(health.breaker_probe_at, now)} ${waitingText(destination)}`.trim(),
        ...saidOf(destination),
      };
    case "half_open":
      return {
        title: "Circuit half open: one test delivery is sent.",
        outlook: `When it succeeds, the others follow within the rate limit. ${waitingText(destination)}`.trim(),
        ...saidOf(destination),
      };
    case "failing":
      return {
        title: `Failing: ${failedText(destination)}.`,
        outlook: hintOf(destination) ?? "Test the endpoint, fix it, then replay what failed.",
        ...saidOf(destination),
      };
    case "throttled":
      return {
        title: "The endpoint asked to slow down.",
        outlook: `${goesOn(health.throttled_until, now)} ${waitingText(destination)}`.trim(),
        ...saidOf(destination),
      };
    case "slow":
      return {
        title: `Slow: p95 latency is ${duration(health.p95_ms ?? 0)}.`,
        outlook:
          "Deliveries succeed. Check the endpoint for load or a slow query. It should respond first and process later.",
      };
    case "paused": {
      const paused = `Paused${hold?.by ? ` by ${hold.by}` : ""}${paused_at ? sinceText(paused_at, now) : ""}`;
      return {
        title: health.held > 0 ? `${paused}, with ${held}.` : `${paused}. Nothing is held yet.`,
        outlook: `New events are held in order and nothing is lost. ${releaseText(destination)}`.trim(),
      };
    }
    case "disabled":
      return {
        title: disabled_because
          ? `Disabled${hold?.by ? ` by ${hold.by}` : ""}: ${disabled_because}`
          : `Disabled by ${hold?.by ?? "a person"}.`,
        outlook: `${health.held > 0 ? `${held}, nothing is lost.` : "New events are held."} Enable it to deliver again.`,
      };
    default:
      return null;
  }
}

/** The short text next to the state in the list. */
export function stateDetail(destination: Destination, now: number): string | null {
  const { state, health, disabled_because } = destination;
  if (state === "paused") return health.held > 0 ? `${count(health.held)} held` : "nothing held";
  if (state === "disabled") return disabled_because ?? "by a user";
  if (state === "open") return health.breaker_probe_at ? `next try ${inTime(health.breaker_probe_at, now)}` : null;
  if (state === "throttled") return health.throttled_until ? `goes on ${inTime(health.throttled_until, now)}` : null;
  if (state === "failing") return `${plural(health.consecutive_failures, "failure")} in a row`;
  return null;
}

/** `214 deliveries held` */
export function heldText({ health: { held } }: Destination): string {
  return `${plural(held, "delivery", "deliveries")} held`;
}

/** How long releasing the held deliveries takes; empty when there are none. */
export function releaseText({ health, rate_per_second }: Destination): string {
  if (health.held === 0) return "";
  if (health.drain_seconds === null || rate_per_second === null) {
    return "Without a rate limit they are sent as fast as the endpoint accepts them.";
  }
  return `At ${plural(rate_per_second, "delivery", "deliveries")} a second, releasing them takes about ${duration(Math.max(1, health.drain_seconds) * 1_000)}.`;
}

/** `12 of 14 attempts failed in the last hour`, or how many in a row. */
function failedText({ health }: Destination): string {
  const hour = health.hours.at(-1);
  const made = hour ? hour.failed + hour.succeeded : 0;
  if (hour && hour.failed > 0 && made >= health.consecutive_failures) {
    return `${count(hour.failed)} of ${plural(made, "attempt")} failed this hour`;
  }
  return `${plural(health.consecutive_failures, "attempt")} in a row failed`;
}

/** The clocks of server and browser differ, so very short times are not shown. */
function sinceText(at: string, now: number): string {
  const ms = now - Date.parse(at);
  return ms < 5_000 ? " just now" : ` for ${duration(ms)}`;
}

/** What an open circuit or the endpoint itself still holds after resuming or enabling; empty when nothing. */
export function stillHeldText({ health, hold }: Destination, clock: (iso: string) => string, now: number): string {
  const { breaker, breaker_probe_at: probe, throttled_until } = health;
  // Enabling closes the circuit.
  if (hold?.why === "disabled") return "";
  if (breaker === "open" && probe && Date.parse(probe) > now) {
    return `Its circuit is still open until ${clock(probe)}: what is released waits, then one delivery is let through, and the others follow when it succeeds. "Try now" does not wait for that.`;
  }
  if (breaker !== "closed")
    return "Its circuit was open: one delivery is let through, and the others follow when it succeeds.";
  if (throttled_until && Date.parse(throttled_until) > now) {
    return `The endpoint asked to slow down: what is released waits until ${clock(throttled_until)}.`;
  }
  return "";
}

function waitingText({ health: { waiting } }: Destination): string {
  return waiting > 0 ? `${plural(waiting, "delivery waits", "deliveries wait")} meanwhile.` : "";
}

function nextTry(at: string | null, now: number): string {
  return at ? `The next try is ${inTime(at, now)}.` : "The next try comes soon.";
}

function goesOn(at: string | null, now: number): string {
  return at ? `Deliveries go on ${inTime(at, now)}.` : "Deliveries go on soon.";
}

function inTime(at: string, now: number): string {
  const left = Date.parse(at) - now;
  return left < 1_000 ? "now" : `in ${left < 60_000 ? `${Math.round(left / 1_000)} s` : duration(left)}`;
}

function hintOf({ health: { last_error_class } }: Destination): string | null {
  return last_error_class ? ERROR_CLASS[last_error_class].hint : null;
}

function saidOf({ health: { last_error_class, last_error } }: Destination): { said?: string } {
  const label = last_error_class ? ERROR_CLASS[last_error_class].label : null;
  const said = [label, last_error].filter(Boolean).join(": ");
  return said ? { said } : {};
}
