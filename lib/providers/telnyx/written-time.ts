import { at } from "../shape";

/** The time as it is written in an event: some types, and link_clicked, have it in another place. */
export function writtenTime(payload: unknown): unknown {
  const [data, subject] = [at(payload, "data"), at(payload, "data", "payload")];
  return at(data, "occurred_at") ?? at(subject, "timestamp") ?? at(data, "timestamp") ?? at(payload, "time_clicked");
}
