/** Rows never move under the pointer: while somebody points at the list, or is inside it by keyboard, its order holds. */
import { useRef, useState } from "react";
import type { DeadLetterGroup } from "@/lib/contract/dead-letters";

/** The groups in the order to show, and what to put on the list. New groups come last until the list is left. */
export function useStableOrder(groups: DeadLetterGroup[]) {
  const [held, setHeld] = useState(false);
  const order = useRef<string[]>([]);
  const known = order.current;
  const place = (group: DeadLetterGroup) => (known.indexOf(keyOf(group)) + known.length + 1) % (known.length + 1);
  const shown = held ? groups.toSorted((a, b) => place(a) - place(b)) : groups;
  order.current = shown.map(keyOf);
  return {
    groups: shown,
    hold: {
      onPointerEnter: () => setHeld(true),
      onPointerLeave: () => setHeld(false),
      onFocus: () => setHeld(true),
      onBlur: () => setHeld(false),
    },
  };
}

function keyOf({ destination, error_group }: DeadLetterGroup): string {
  return `${destination.slug} ${error_group}`;
}
