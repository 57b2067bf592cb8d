"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useLiveQuery } from "@/lib/client/live-query";
import { signInLimitsQuery } from "@/lib/client/queries/settings";
import { liftSignInLimit } from "@/lib/client/staff";
import { loadToast } from "@/lib/client/toaster";
import type { SignInLimit } from "@/lib/contract/staff";
import { plural } from "../format";
import { Problem } from "../forms/problem";
import { InertText } from "../inert-text";
import { type Columns, cellClass, DataTable, rowClass } from "../table/data-table";
import { Button } from "../ui/button";

const REFRESH_MS = 10_000;

const COLUMNS: Columns = [
  { title: "Who" },
  { title: "Why", className: "md:w-96" },
  { title: "Actions", className: "md:w-24" },
];

/** Who has to wait after wrong sign-in attempts, with a button to lift the limit. Renders nothing when the list is empty. */
export function SignInLimits() {
  const client = useQueryClient();
  const { data } = useLiveQuery(signInLimitsQuery(), { topics: ["audit"], interval: () => REFRESH_MS });
  const lift = useMutation({
    mutationFn: liftSignInLimit,
    onSuccess: async (_, { subject }) => {
      void client.invalidateQueries({ queryKey: signInLimitsQuery().queryKey });
      (await loadToast()).success(`${subject} can try again.`);
    },
  });
  if (data.length === 0) return null;
  return (
    <section aria-labelledby="sign-in-limits" className="pt-8">
      <h2 id="sign-in-limits" className="pb-1 font-semibold">
        Too many sign-in attempts
      </h2>
      <p className="pb-3 text-pretty text-quiet">
        These must wait before they can try again. An account's delay does not apply to addresses that signed in to it
        recently.
      </p>
      <Problem error={lift.error} />
      <DataTable caption="Sign-in limits" columns={COLUMNS}>
        {data.map((limit) => (
          <tr key={`${limit.kind} ${limit.subject}`} data-testid="limit-row" className={rowClass}>
            <td className={cellClass}>
              <p className="truncate font-medium">
                <InertText text={limit.subject} />
              </p>
            </td>
            <td className={`${cellClass} max-md:col-start-1 text-quiet`}>{reason(limit)}</td>
            <td className={`${cellClass} text-right max-md:col-start-2 max-md:row-start-1`}>
              <Button
                size="sm"
                data-testid="limit-lift"
                aria-label={`Lift the limit of ${limit.subject}`}
                disabled={lift.isPending}
                onClick={() => lift.mutate(limit)}
              >
                Lift
              </Button>
            </td>
          </tr>
        ))}
      </DataTable>
    </section>
  );
}

function reason({ kind, guesses }: SignInLimit): string {
  return kind === "account"
    ? `${plural(guesses, "wrong attempt")} within an hour: each attempt waits up to 30 seconds`
    : `${plural(guesses, "wrong attempt")} within 15 minutes: waits until they are older`;
}
