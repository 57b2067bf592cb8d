"use client";

import { CircleCheck } from "lucide-react";
import { useNow } from "@/lib/client/clock";
import { useHydrated } from "@/lib/client/use-hydrated";
import { useIncompleteSources } from "@/lib/client/use-incomplete-sources";
import { useTroubledDestinations } from "@/lib/client/use-troubled-destinations";
import type { Analytics } from "@/lib/contract/analytics";
import { ConcernLine } from "./concern-line";
import { concernsOf } from "./concerns";

/** What needs action, worst first, each with its one next action. */
export function NeedsAttention({ analytics }: { analytics: Analytics }) {
  const troubled = useTroubledDestinations() ?? [];
  const incomplete = useIncompleteSources();
  // The sidebar may have loaded them before this part hydrates; the server rendered without them.
  const hydrated = useHydrated();
  const concerns = concernsOf(analytics, hydrated ? troubled : [], hydrated ? incomplete : [], useNow());
  return (
    <section aria-labelledby="needs-attention">
      <h2 id="needs-attention" className="border-b pb-2 font-medium">
        Needs attention
      </h2>
      {concerns.length === 0 ? (
        <p className="flex items-center gap-2 py-3 text-quiet">
          <CircleCheck aria-hidden="true" className="size-3.5 text-green" />
          Nothing needs attention. Every delivery succeeded or is being retried.
        </p>
      ) : (
        <ul>
          {concerns.map((concern) => (
            <ConcernLine key={concern.key} concern={concern} />
          ))}
        </ul>
      )}
    </section>
  );
}
