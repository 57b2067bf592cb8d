/** The form's values while they are edited, and how they become the API's input. */
import type { DestinationInput } from "@/lib/client/destinations";
import type { Destination } from "@/lib/contract/destinations";
import type { Schedule } from "./schedule";

export interface HeaderValue {
  key: number;
  name: string;
  value: string;
  /** The placeholder that the server shows for a secret value. The value stays unchanged until a new one is typed. */
  masked?: string;
}

export interface FormValues {
  name: string;
  organisation: string;
  url: string;
  types: string[];
  /** `*`, one provider, or several separated by commas. */
  providers: string;
  headers: HeaderValue[];
  timeoutSeconds: string;
  attempts: string;
  firstPauseSeconds: string;
  factor: string;
  rate: string;
  concurrency: string;
  ordering: Destination["ordering"];
  livemode: Destination["livemode"];
}

export const NEW_DESTINATION: FormValues = {
  name: "",
  organisation: "",
  url: "",
  types: ["*"],
  providers: "platform",
  headers: [],
  timeoutSeconds: "15",
  attempts: "4",
  firstPauseSeconds: "1",
  factor: "2",
  rate: "",
  concurrency: "8",
  ordering: "none",
  livemode: "any",
};

export function valuesOf(destination: Destination): FormValues {
  return {
    name: destination.name,
    organisation: destination.organisation_id ?? "",
    url: destination.url ?? "",
    types: destination.event_types,
    providers: destination.providers.join(","),
    headers: Object.entries(destination.headers).map(([name, masked], key) => ({ key, name, value: "", masked })),
    timeoutSeconds: String(destination.timeout_ms / 1_000),
    attempts: String(destination.max_attempts),
    firstPauseSeconds: String(destination.base_delay_ms / 1_000),
    factor: String(destination.backoff_factor),
    rate: destination.rate_per_second === null ? "" : String(destination.rate_per_second),
    concurrency: String(destination.max_concurrency),
    ordering: destination.ordering,
    livemode: destination.livemode,
  };
}

/** Null while a number is missing or invalid. */
export function scheduleIn({ attempts, firstPauseSeconds, factor }: FormValues): Schedule | null {
  const [max_attempts, seconds, backoff_factor] = [attempts, firstPauseSeconds, factor].map(Number) as [
    number,
    number,
    number,
  ];
  const sound = max_attempts >= 1 && max_attempts <= 50 && seconds > 0 && backoff_factor >= 1;
  return sound ? { max_attempts, base_delay_ms: seconds * 1_000, backoff_factor } : null;
}

/** Everything that differs from `before`; all of it for a new destination. */
export function inputOf(values: FormValues, before: FormValues | null): DestinationInput {
  const now = complete(values);
  if (!before) return now;
  const then = complete(before);
  const changed = (Object.keys(now) as (keyof DestinationInput)[]).filter(
    (field) => JSON.stringify(now[field]) !== JSON.stringify(then[field]),
  );
  return Object.fromEntries(changed.map((field) => [field, now[field]]));
}

function complete(values: FormValues): DestinationInput {
  return {
    name: values.name.trim(),
    organisation_id: values.organisation.trim() || null,
    url: values.url.trim(),
    event_types: values.types,
    providers: values.providers.split(","),
    headers: Object.fromEntries(
      values.headers
        .filter(({ name }) => name.trim() !== "")
        .map(({ name, value, masked }) => [name.trim(), value || masked || ""]),
    ),
    timeout_ms: Math.round(Number(values.timeoutSeconds) * 1_000),
    max_attempts: Number(values.attempts),
    base_delay_ms: Math.round(Number(values.firstPauseSeconds) * 1_000),
    backoff_factor: Number(values.factor),
    max_concurrency: Number(values.concurrency),
    rate_per_second: values.rate.trim() === "" ? null : Number(values.rate),
    ordering: values.ordering,
    livemode: values.livemode,
  };
}
