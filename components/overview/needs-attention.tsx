"use client";

import { useQuery } from "@tanstack/react-query";
import { CircleCheck } from "lucide-react";
import Link from "next/link";
import { useNow } from "@/lib/client/clock";
import { firingAlertsQuery } from "@/lib/client/queries/alerts";
import { useHydrated } from "@/lib/client/use-hydrated";
import { useIncompleteSources } from "@/lib/client/use-incomplete-sources";
import { useTroubledDestinations } from "@/lib/client/use-troubled-destinations";
import type { Analytics } from "@/lib/contract/analytics";
import { plural } from "../format";
import { ConcernLine } from "./concern-line";
import { concernsOf } from "./concerns";

/** Rules are evaluated once a minute. */
const READ_EVERY_MS = 15_000;

/** What needs action, worst first, each with its one next action. An alert that is acknowledged here is dismissed. */
export function NeedsAttention({ analytics, mayHandle }: { analytics: Analytics; mayHandle: boolean }) {
  const { data } = useQuery({ ...firingAlertsQuery(), refetchInterval: READ_EVERY_MS });
  const alerts = data?.alerts ?? [];
  const troubled = useTroubledDestinations() ?? [];
  const incomplete = useIncompleteSources();
  // The sidebar may have loaded them before this part hydrates; the server rendered without them.
  const hydrated = useHydrated();
  const concerns = concernsOf({ analytics, alerts }, hydrated ? troubled : [], hydrated ? incomplete : [], useNow());
  const taken = alerts.filter(({ acknowledged }) => acknowledged !== null).length;
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
            <ConcernLine key={concern.key} concern={concern} mayHandle={mayHandle} />
          ))}
        </ul>
      )}
      {taken > 0 && (
        <p className="pt-2 text-quiet text-sm">
          <Link href="/alerts" className="hover:text-ink hover:underline">
            {plural(taken, "acknowledged alert still fires", "acknowledged alerts still fire")}
          </Link>
        </p>
      )}
    </section>
  );
}
