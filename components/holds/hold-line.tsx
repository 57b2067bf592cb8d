import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { InertText } from "../inert-text";

/** One thing that holds deliveries back, and next to it the action that helps. */
export function HoldLine({ words, children }: { words: string; children?: ReactNode }) {
  return (
    <div
      data-testid="hold"
      suppressHydrationWarning
      className="mt-2 flex flex-wrap items-start gap-x-3 gap-y-2 rounded-md bg-tint px-3 py-1.5 text-amber"
    >
      <TriangleAlert aria-hidden="true" className="mt-1.75 size-3.5 shrink-0" />
      <p className="min-w-0 flex-1 basis-52 text-pretty py-1 text-ink [overflow-wrap:anywhere]">
        <InertText text={words} />
      </p>
      {children}
    </div>
  );
}
