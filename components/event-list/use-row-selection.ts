import { useCallback, useEffect, useRef } from "react";
import { tick, useSelection } from "@/lib/client/selection";
import type { EventSummary } from "@/lib/contract/events";

/** Selects rows one by one, in ranges with Shift, and by the page. */
export function useRowSelection(scope: string, rows: EventSummary[]) {
  const ticked = useSelection(scope);
  const anchor = useRef<string | null>(null);
  const seen = useRef({ rows, ticked });
  useEffect(() => {
    seen.current = { rows, ticked };
  }, [rows, ticked]);

  /** Stable, so that unchanged rows are not drawn again. */
  const tickRow = useCallback(
    (id: string, range: boolean) => {
      const ids = seen.current.rows.map((event) => event.id);
      const from = range && anchor.current ? ids.indexOf(anchor.current) : -1;
      const to = ids.indexOf(id);
      const between = from < 0 ? [id] : ids.slice(Math.min(from, to), Math.max(from, to) + 1);
      tick(scope, between, !seen.current.ticked.has(id));
      anchor.current = id;
    },
    [scope],
  );
  const onPage = rows.filter(({ id }) => ticked.has(id)).length;
  return {
    ticked,
    tickRow,
    page: { all: rows.length > 0 && onPage === rows.length, some: onPage > 0 },
    tickPage: (on: boolean) =>
      tick(
        scope,
        rows.map(({ id }) => id),
        on,
      ),
  };
}

export type RowSelection = ReturnType<typeof useRowSelection>;
