"use client";

import { type ReactNode, useState } from "react";
import { DiscardQuestion } from "./discard-question";
import { useOpener } from "./opener";

/**
 * How a dialog may be closed. `dirty`: it asks before it throws away entered text. `locked`: it shows a secret once, so
 * neither Escape nor a click outside closes it, only its own button.
 */
export interface WindowGuard {
  dirty?: boolean;
  locked?: boolean;
}

/** The props of Radix's Root and Content for that. `inside` is rendered in the content. */
export function useWindowGuard(
  { open, dirty = false, locked = false }: WindowGuard & { open: boolean },
  onOpenChange: (open: boolean) => void,
) {
  const [asking, setAsking] = useState(false);
  const giveBack = useOpener(open);
  const stay = (event: Event) => event.preventDefault();
  const discard = () => {
    setAsking(false);
    onOpenChange(false);
  };
  const inside: ReactNode = asking && <DiscardQuestion onKeep={() => setAsking(false)} onDiscard={discard} />;
  return {
    root: {
      onOpenChange(next: boolean) {
        if (next || (!dirty && !locked)) return onOpenChange(next);
        if (!locked) setAsking(true);
      },
    },
    content: {
      onCloseAutoFocus: giveBack,
      ...(locked && { onEscapeKeyDown: stay, onPointerDownOutside: stay, onInteractOutside: stay }),
    },
    inside,
  };
}
