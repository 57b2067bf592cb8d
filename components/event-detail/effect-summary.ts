import type { ChangeResult } from "@/lib/contract/events";
import { plural } from "../format";
import { EFFECT } from "../status/effects";

/** `2 rows created, 1 already correct`. */
export function effectSummary(changes: ChangeResult[]): string {
  const tally = new Map<string, number>();
  for (const { effect } of changes) tally.set(effect, (tally.get(effect) ?? 0) + 1);
  return [...tally]
    .map(([effect, times], index) => {
      const label = EFFECT[effect as keyof typeof EFFECT].label.toLowerCase();
      return index === 0 ? `${plural(times, "row")} ${label}` : `${times} ${label}`;
    })
    .join(", ");
}
