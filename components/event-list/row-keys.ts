import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { clearSelection } from "@/lib/client/selection";
import { useShortcuts } from "@/lib/client/shortcuts";
import type { EventSummary } from "@/lib/contract/events";
import type { RowSelection } from "./use-row-selection";

/** The row a person left, for when they come back from the event. */
let left: { scope: string; id: string } | undefined;

/** Moves through the rows by keyboard. The cursor is the focused link of a row, and stays marked when the focus leaves. */
export function useRowKeys({
  scope,
  rows,
  ticking,
  addressOf,
  onReplay,
}: {
  scope: string;
  rows: EventSummary[];
  ticking: RowSelection;
  addressOf: (id: string) => string;
  onReplay: (eventIds: string[]) => void;
}) {
  const router = useRouter();
  const [cursor, setCursor] = useState<string | null>(null);
  // After the first paint, which the server rendered without a cursor.
  useEffect(() => {
    if (left?.scope === scope) setCursor(left.id);
  }, [scope]);

  function current(): string | undefined {
    const focused = document.activeElement?.closest<HTMLElement>("[data-event]")?.dataset.event;
    return focused ?? rows.find(({ id }) => id === cursor)?.id;
  }
  function move(step: number) {
    const from = rows.findIndex(({ id }) => id === current());
    const next = rows[from < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, from + step))];
    if (!next) return;
    left = { scope, id: next.id };
    setCursor(next.id);
    document.querySelector<HTMLElement>(`[data-event="${next.id}"] [data-row-link]`)?.focus();
  }
  const withRow = (act: (id: string) => void) => () => {
    const id = current();
    if (id) act(id);
  };
  useShortcuts("Events", [
    { keys: "j", label: "Next event", run: () => move(1) },
    { keys: "k", label: "Previous event", run: () => move(-1) },
    { keys: "ArrowDown", label: "Next event", run: () => move(1) },
    { keys: "ArrowUp", label: "Previous event", run: () => move(-1) },
    { keys: "x", label: "Select the event", run: withRow((id) => ticking.tickRow(id, false)) },
    { keys: "Enter", label: "Open the event", run: withRow((id) => router.push(addressOf(id))) },
    {
      keys: "r",
      label: "Replay the selected events, or this one",
      run: () => (ticking.ticked.size > 0 ? onReplay([...ticking.ticked]) : withRow((id) => onReplay([id]))()),
    },
    {
      keys: "Escape",
      label: "Clear the selection",
      run: () => {
        if (ticking.ticked.size > 0) return clearSelection();
        left = undefined;
        setCursor(null);
      },
    },
  ]);
  return cursor;
}
