"use client";

import { Tooltip as Radix } from "radix-ui";
import type { ReactElement, ReactNode } from "react";

export const TooltipProvider = Radix.Provider;

/** How long the pointer rests on an element before the tooltip appears. */
export const TOOLTIP_DELAY_MS = 350;

/** Text next to an element on hover and focus. The element must take a ref and be understandable without the tooltip. */
export function Tooltip({
  children,
  content,
  side,
  defaultOpen,
}: {
  children: ReactElement;
  content: ReactNode;
  side?: "top" | "right" | "bottom" | "left";
  /** Open from the start, because the pointer already rests on it. */
  defaultOpen?: boolean;
}) {
  return (
    <Radix.Root defaultOpen={defaultOpen}>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className="z-50 max-w-72 animate-rise rounded-md border border-line bg-raised px-2 py-1.5 text-ink text-sm shadow-float"
        >
          {content}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
