import type { DestinationState } from "@/lib/contract/destinations";
import { InertText } from "../inert-text";
import { StatusIcon } from "../status";
import { cn } from "../ui/cn";
import { DESTINATION_LOOK } from "./looks";
import type { Trouble } from "./state-words";

/** What is wrong right now and what happens next, above everything else. */
export function TroubleBanner({ state, trouble }: { state: DestinationState; trouble: Trouble }) {
  const look = DESTINATION_LOOK[state];
  return (
    <div
      data-testid="destination-trouble"
      className={cn("mt-4 flex gap-2.5 rounded-md bg-tint px-3 py-2.5", look.tone)}
    >
      <StatusIcon look={look} className="mt-0.75" />
      <div className="min-w-0 flex-1" suppressHydrationWarning>
        <p className="font-medium">
          <InertText text={trouble.title} />
        </p>
        <p className="text-pretty text-ink">{trouble.outlook}</p>
        {trouble.said && (
          <p className="mt-1 font-mono text-quiet text-sm [overflow-wrap:anywhere]">
            <InertText text={trouble.said} />
          </p>
        )}
      </div>
    </div>
  );
}
