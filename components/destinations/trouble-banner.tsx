import type { ReactNode } from "react";
import type { DestinationState } from "@/lib/contract/destinations";
import { InertText } from "../inert-text";
import { DESTINATION_STATE_STYLE } from "../status/destination-status";
import type { Trouble } from "../status/destination-text";
import { StatusIcon } from "../status/status-badge";
import { cn } from "../ui/cn";

/** What is wrong now and what happens next, at the top of the page. */
export function TroubleBanner({
  state,
  trouble,
  children,
}: {
  state: DestinationState;
  trouble: Trouble;
  /** The action that helps. */
  children?: ReactNode;
}) {
  const look = DESTINATION_STATE_STYLE[state];
  return (
    <div
      data-testid="destination-trouble"
      className={cn("mt-4 flex flex-wrap items-start gap-x-2.5 gap-y-2 rounded-md bg-tint px-3 py-2.5", look.tone)}
    >
      <StatusIcon look={look} className="mt-0.75" />
      <div className="min-w-0 flex-1 basis-60" suppressHydrationWarning>
        <p className="font-medium [overflow-wrap:anywhere]">
          <InertText text={trouble.title} />
        </p>
        <p className="text-pretty text-ink">{trouble.outlook}</p>
        {trouble.said && (
          <p className="mt-1 font-mono text-quiet text-sm [overflow-wrap:anywhere]">
            <InertText text={trouble.said} />
          </p>
        )}
      </div>
      {children}
    </div>
  );
}
