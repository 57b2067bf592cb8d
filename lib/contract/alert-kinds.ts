/** What each kind of rule watches, what it may be limited to, and which settings it uses. SQL reads them (read_signal). */
import type { Database } from "@/lib/db/database.types";
import type { RuleSettings } from "./api/alert-rules";

export type AlertKind = Database["public"]["Enums"]["alert_kind"];

/** What a rule may be limited to. */
export type Subject = "provider_slug" | "event_type" | "org_id" | "destination_id";

export interface AlertKindWords {
  label: string;
  /** When it is bad, with {threshold}, {window} and {at_least} for its settings. */
  when: string;
  subjects: readonly Subject[];
  /** What a new rule begins with: exactly the settings that it uses. */
  settings: RuleSettings;
  /** Settings that it also uses, where they are given. */
  more?: readonly (keyof RuleSettings)[];
  /** What its threshold counts. */
  unit?: string;
}

const COUNTED = ["provider_slug", "event_type", "org_id"] as const;
const ENDPOINT = ["provider_slug", "org_id", "destination_id"] as const;

export const ALERT_KIND: Record<AlertKind, AlertKindWords> = {
  success_rate: {
    label: "Success rate",
    when: "Of at least {at_least} delivery attempts in {window}, certainly fewer than {threshold} % succeeded.",
    subjects: [...COUNTED, "destination_id"],
    settings: { threshold: 80, window_minutes: 15, at_least: 20 },
    unit: "%",
  },
  dead_letters: {
    label: "Dead letters",
    when: "More than {threshold} deliveries were given up in {window}.",
    subjects: COUNTED,
    settings: { threshold: 5, window_minutes: 60 },
    unit: "dead letters",
  },
  attempts: {
    label: "Attempts per delivery",
    when: "Of at least {at_least} deliveries in {window}, each took more than {threshold} attempts on average.",
    subjects: COUNTED,
    settings: { threshold: 1.5, window_minutes: 60, at_least: 20 },
    unit: "attempts",
  },
  slow_endpoint: {
    label: "Slow endpoint",
    when: "Of at least {at_least} attempts in {window}, 5 % took longer than {threshold} ms.",
    subjects: ENDPOINT,
    settings: { threshold: 2000, window_minutes: 15, at_least: 10 },
    unit: "ms",
  },
  endpoint_down: {
    label: "Endpoint down",
    when: "No success for {window} and at least {at_least} failures, or its circuit is open.",
    subjects: ENDPOINT,
    settings: { window_minutes: 5, at_least: 3 },
  },
  endpoint_disabled: {
    label: "Endpoint disabled",
    when: "It was disabled because it failed, or will be.",
    subjects: ENDPOINT,
    settings: {},
  },
  stalled: {
    label: "Deliveries stalled",
    when: "At least {at_least} events that a destination takes came in {window}, and none was delivered.",
    subjects: COUNTED,
    settings: { window_minutes: 30, at_least: 3 },
  },
  replay_volume: {
    label: "Replay volume",
    when: "At least {at_least} deliveries of an organisation were replayed within an hour, {threshold} times its busiest hour of 30 days.",
    subjects: ["org_id"],
    settings: { threshold: 3, at_least: 100 },
    unit: "times",
  },
  repeated_failures: {
    label: "Repeated failures",
    when: "The same event failed in {threshold} replays in {window}.",
    subjects: [],
    settings: { threshold: 3, window_minutes: 1440 },
    unit: "replays",
  },
  stuck_replay: {
    label: "Stuck replay",
    when: "A replay did not move for {window}, or takes {threshold} times as long as it should.",
    subjects: [],
    settings: { threshold: 2, window_minutes: 5 },
    unit: "times",
  },
  failures_doubled: {
    label: "Failures doubled",
    when: "At least {at_least} attempts failed in {window}, {threshold} times as many as in the time before.",
    subjects: COUNTED,
    settings: { threshold: 2, window_minutes: 60, at_least: 20 },
    unit: "times",
  },
  rejections: {
    label: "Bad signatures",
    when: "At least {at_least} requests had a bad signature in {window}, {threshold} % of all.",
    subjects: ["provider_slug", "org_id"],
    settings: { threshold: 50, window_minutes: 15, at_least: 10 },
    unit: "%",
  },
  silence: {
    label: "Silence",
    when: "Events do not arrive for longer than chance explains; or fewer than {at_least} in {window}.",
    subjects: COUNTED,
    settings: {},
    more: ["window_minutes", "at_least"],
  },
  drop: {
    label: "Partial drop",
    when: "Far fewer events arrive than usual: by {threshold} standard deviations, three times in a row.",
    subjects: COUNTED,
    settings: {},
    more: ["threshold", "window_minutes"],
    unit: "deviations",
  },
  missing: {
    label: "Missing events",
    when: "Events of a provider are missing here: more than {threshold}.",
    subjects: ["provider_slug"],
    settings: { threshold: 0 },
    unit: "events",
  },
  repairs: {
    label: "Repairs",
    when: "At least {at_least} missing events were brought back within an hour, {threshold} times the usual number.",
    subjects: ["provider_slug"],
    settings: { threshold: 3, at_least: 20 },
    unit: "times",
  },
  horizon: {
    label: "Horizon",
    when: "The provider's API will list missing events for less than {threshold} hours.",
    subjects: ["provider_slug"],
    settings: { threshold: 48 },
    unit: "hours",
  },
  configuration: {
    label: "Provider configuration",
    when: "The provider is not set up as it should be, or its API key does not work.",
    subjects: ["provider_slug"],
    settings: {},
  },
  oldest_due: {
    label: "Waiting deliveries",
    when: "A delivery that could be sent waits for more than {threshold} seconds.",
    subjects: [],
    settings: { threshold: 300 },
    unit: "seconds",
  },
  worker_gone: {
    label: "Worker gone",
    when: "A worker stopped without notice, and deliveries wait for more than {threshold} seconds.",
    subjects: [],
    settings: { threshold: 60 },
    unit: "seconds",
  },
  channel_failing: {
    label: "Failing channel",
    when: "A channel failed {threshold} times in a row.",
    subjects: [],
    settings: { threshold: 2 },
    unit: "times",
  },
  disk_low: {
    label: "Disk space",
    when: "Fewer than {threshold} MiB are free on the disk of the embedded database.",
    subjects: [],
    settings: { threshold: 1024 },
    unit: "MiB",
  },
  credential_expiring: {
    label: "Expiring API token",
    when: "An API token that is in use expires within {threshold} days.",
    subjects: [],
    settings: { threshold: 7 },
    unit: "days",
  },
};
