import { TriangleAlert } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { InertText } from "../inert-text";
import { DeliveryStatusBadge } from "../status/event-status";
import { Textarea } from "../ui/input";
import type { ReplayPlan } from "./replay-plan";

const SHORTEST_REASON = 3;

/** What will happen, warnings, and the reason that is kept with the replay. */
export function ReplayForm({
  id,
  plan,
  problem,
  onTyped,
  onSubmit,
}: {
  id: string;
  plan: ReplayPlan;
  problem: string | null;
  onTyped: () => void;
  onSubmit: (reason: string) => void;
}) {
  const field = useId();
  const [tooShort, setTooShort] = useState(false);
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const reason = String(new FormData(event.currentTarget).get("reason") ?? "").trim();
    setTooShort(reason.length < SHORTEST_REASON);
    if (reason.length >= SHORTEST_REASON) onSubmit(reason);
  }
  return (
    <form id={id} onSubmit={submit} noValidate>
      <h3 className="mt-1 text-quiet text-sm">Will run again</h3>
      <ul className="mt-1 border-y">
        {plan.runs.map(({ id: delivery, destination, status }) => (
          <li key={delivery} className="flex min-h-9 items-center gap-3 border-b py-1.5 last:border-0">
            <span className="min-w-0 flex-1">
              <span className="block font-medium [overflow-wrap:anywhere]">{destination.name}</span>
              {destination.url && (
                <span className="block truncate font-mono text-quiet text-sm">
                  <InertText text={destination.url} />
                </span>
              )}
            </span>
            <span className="text-quiet text-sm">now</span>
            <DeliveryStatusBadge status={status} />
          </li>
        ))}
      </ul>
      {plan.warnings.map((warning) => (
        <p key={warning} className="mt-3 flex gap-2 text-amber">
          <TriangleAlert aria-hidden="true" className="mt-0.75 size-3.5 shrink-0" />
          <span className="min-w-0 [overflow-wrap:anywhere]">{warning}</span>
        </p>
      ))}
      <label htmlFor={field} className="mt-4 block font-medium">
        Reason
      </label>
      <Textarea
        id={field}
        name="reason"
        required
        maxLength={500}
        data-testid="replay-reason"
        aria-invalid={tooShort}
        aria-describedby={`${field}-help`}
        placeholder="The Agent SDK is back up, ticket 4711"
        className="mt-1"
        onChange={() => {
          setTooShort(false);
          onTyped();
        }}
      />
      <p id={`${field}-help`} className={tooShort ? "mt-1 text-red text-sm" : "mt-1 text-quiet text-sm"}>
        {tooShort
          ? "Enter a reason, so that others know why this was replayed."
          : "Shown with your name in the event's history."}
      </p>
      {problem && (
        <p role="alert" className="mt-3 rounded-md bg-tint px-3 py-2 text-red">
          {problem}
        </p>
      )}
    </form>
  );
}
