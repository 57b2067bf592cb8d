import type { Attempt, ChangeResult, EventDetail } from "@/lib/contract/events";
import { plural } from "../format";
import { ChangeRow } from "../status/change-row";
import { RelativeTime } from "../time";

interface ChangeGroup {
  destination: string;
  attempt: Attempt;
  changes: ChangeResult[];
}

/** Attempts that wrote rows, newest first. */
export function changeGroups(event: EventDetail): ChangeGroup[] {
  return event.deliveries
    .flatMap(({ destination, attempts }) =>
      attempts.map((attempt) => ({ destination: destination.name, attempt, changes: attempt.changes })),
    )
    .filter((group) => group.changes.length > 0)
    .sort((a, b) => b.attempt.started_at.localeCompare(a.attempt.started_at));
}

/** Which rows this event wrote, field by field. */
export function ChangesTab({ groups }: { groups: ChangeGroup[] }) {
  if (groups.length === 0) {
    return (
      <p className="py-3 text-quiet">
        No rows changed. Changes appear once a delivery into tables succeeds. HTTP destinations change no rows.
      </p>
    );
  }
  return groups.map(({ destination, attempt, changes }) => (
    <section key={attempt.id} className="border-b py-3 last:border-0">
      <h3 className="flex items-baseline gap-2 text-quiet text-sm">
        <span className="font-medium text-ink [overflow-wrap:anywhere]">{destination}</span>
        attempt {attempt.number}, {plural(changes.length, "row")}
        <span className="ml-auto">
          <RelativeTime at={attempt.started_at} />
        </span>
      </h3>
      {changes.map((change) => (
        <ChangeRow key={`${change.table} ${JSON.stringify(change.key)}`} change={change} />
      ))}
    </section>
  ));
}
