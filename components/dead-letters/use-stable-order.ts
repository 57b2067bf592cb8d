/** Rows never move under the pointer: the order is kept while the pointer or the focus is in the list. */
import { useState } from "react";
import type { DeadLetterGroup } from "@/lib/contract/dead-letters";

/** The groups in the order to show, and what to put on the list. New groups come last until the list is left. */
export function useStableOrder(groups: DeadLetterGroup[]) {
  const [held, setHeld] = useState<string[] | null>(null);
  const names = groups.map(keyOf);
  const added = held ? names.filter((name) => !held.includes(name)) : [];
  // New groups keep the place they got, too.
  if (held && added.length > 0) setHeld([...held, ...added]);
  const place = (group: DeadLetterGroup) => [...(held ?? []), ...added].indexOf(keyOf(group));
  const hold = () => setHeld((current) => current ?? names);
  const leave = () => setHeld(null);
  return {
    groups: held ? groups.toSorted((a, b) => place(a) - place(b)) : groups,
    hold: { onPointerEnter: hold, onPointerLeave: leave, onFocus: hold, onBlur: leave },
  };
}

function keyOf({ destination, error_group }: DeadLetterGroup): string {
  return `${destination.slug} ${error_group}`;
}
