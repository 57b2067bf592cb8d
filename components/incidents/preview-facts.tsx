import { TriangleAlert } from "lucide-react";
import type { IncidentStepState } from "@/lib/contract/incident-words";
import { count, plural } from "../format";
import { InertText } from "../inert-text";
import { previewIn } from "./found-text";

/** What a recovery would do: rows by effect, deliveries per destination, money, warnings. */
export function PreviewFacts({ found }: { found: IncidentStepState["found"] }) {
  const { effects, destinations, money, warnings, sampled } = previewIn(found);
  if (effects.length + destinations.length + money.length + warnings.length === 0) return null;
  return (
    <div className="mt-1.5 max-w-[44rem] rounded-md bg-sunken px-3 py-2" data-testid="incident-preview">
      {effects.length > 0 && <p className="text-pretty tabular-nums">{effects.join(" · ")}</p>}
      {destinations.length > 0 && (
        <ul className="mt-1 text-quiet">
          {destinations.map(({ name, items }) => (
            <li key={name} className="[overflow-wrap:anywhere] tabular-nums">
              {count(items)} to <InertText text={name} />
            </li>
          ))}
        </ul>
      )}
      {money.length > 0 && <p className="mt-1 text-quiet tabular-nums">Amount in these events: {money.join(", ")}</p>}
      {warnings.map((warning) => (
        <p key={warning} className="mt-1 flex gap-2 text-amber">
          <TriangleAlert aria-hidden="true" className="mt-0.75 size-3.5 shrink-0" />
          <span className="min-w-0 text-pretty [overflow-wrap:anywhere]">
            <InertText text={warning} />
          </span>
        </p>
      ))}
      {sampled !== null && (
        <p className="mt-1 text-faint text-sm">
          The effects are those of {plural(sampled, "event")}; the numbers per destination are of all.
        </p>
      )}
    </div>
  );
}
