/** The rows that events write, as the database would keep them: for tests of the order of arrival. */
import { findProvider } from "@/lib/providers";
import type { Change, Json, ProjectableEvent } from "@/lib/providers/provider";

/** The changes of an event. Throws the errors of its projection. */
export function project(event: ProjectableEvent): Change[] {
  const projection = findProvider(event.provider)?.projections?.[event.eventType];
  if (!projection) throw new Error(`no projection for ${event.eventType}`);
  return projection(event);
}

/** As the database does: a column is only overwritten by a greater or equal version. */
export function rowsAfter(events: ProjectableEvent[]): Record<string, Record<string, Json>> {
  const rows: Record<string, Record<string, { value: Json; version: string }>> = {};
  for (const change of events.flatMap(project)) {
    const name = `${change.table} ${Object.values(change.key)}`;
    rows[name] ??= {};
    const row = rows[name];
    for (const [column, value] of Object.entries(change.values)) {
      if (!row[column] || row[column].version <= change.version) row[column] = { value, version: change.version };
    }
  }
  const plain = (row: object) =>
    Object.fromEntries(
      Object.entries(row)
        .sort()
        .map(([column, { value }]) => [column, value]),
    );
  return Object.fromEntries(
    Object.entries(rows)
      .sort()
      .map(([name, row]) => [name, plain(row)]),
  );
}

export function permutations<T>(items: T[]): T[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}
