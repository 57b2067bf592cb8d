"use client";

import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { createContext, type ReactNode, useContext } from "react";
import { Button } from "./button";
import { cn } from "./cn";
import { useWindowGuard, type WindowGuard } from "./use-window-guard";

export const DialogTrigger = Radix.Trigger;
export const DialogClose = Radix.Close;

type Guard = ReturnType<typeof useWindowGuard>;
const Guarding = createContext<(Pick<Guard, "content" | "inside"> & { locked: boolean }) | null>(null);

/** The state of a dialog. When it closes, the focus returns to what opened it. */
export function Dialog({
  open,
  onOpenChange,
  children,
  ...how
}: WindowGuard & { open: boolean; onOpenChange: (open: boolean) => void; children: ReactNode }) {
  const { root, content, inside } = useWindowGuard({ open, ...how }, onOpenChange);
  return (
    <Radix.Root open={open} {...root}>
      <Guarding value={{ content, inside, locked: how.locked ?? false }}>{children}</Guarding>
    </Radix.Root>
  );
}

const place = {
  /** In the middle; from the bottom edge on a phone. */
  centre:
    "inset-x-0 bottom-0 max-h-[92dvh] rounded-t-md border-t animate-rise md:inset-x-auto md:top-[12vh] md:bottom-auto md:left-1/2 md:max-h-[82vh] md:w-[30rem] md:-translate-x-1/2 md:rounded-md md:border",
  /** Along the left edge: the sidebar on a phone. */
  left: "inset-y-0 left-0 w-64 border-r",
};

/** A dialog over the page. `title` is its accessible name; `footer` holds its actions. */
export function DialogContent({
  title,
  description,
  footer,
  side = "centre",
  children,
}: {
  title: string;
  description?: ReactNode;
  footer?: ReactNode;
  side?: keyof typeof place;
  children: ReactNode;
}) {
  const guard = useContext(Guarding);
  return (
    <Radix.Portal>
      <Radix.Overlay className="fixed inset-0 z-40 bg-[rgb(10_14_14/0.4)] dark:bg-[rgb(0_0_0/0.6)]" />
      <Radix.Content
        {...(description ? {} : { "aria-describedby": undefined })}
        {...guard?.content}
        className={cn("fixed z-50 flex flex-col overflow-hidden bg-raised shadow-float outline-none", place[side])}
      >
        {guard?.inside}
        <header className="px-4 pt-3.5 pr-12 pb-2">
          <Radix.Title className="font-semibold text-lg [overflow-wrap:anywhere]">{title}</Radix.Title>
          {description && (
            <Radix.Description className="text-quiet [overflow-wrap:anywhere]">{description}</Radix.Description>
          )}
        </header>
        <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-4">{children}</div>
        {footer && <footer className="flex flex-wrap justify-end gap-2 border-t bg-sunken px-4 py-3">{footer}</footer>}
        {/* Last in the order, so that the first field has the focus. */}
        {!guard?.locked && (
          <Radix.Close asChild>
            <Button variant="ghost" size="icon" className="absolute top-2.5 right-2.5 size-7" aria-label="Close">
              <X />
            </Button>
          </Radix.Close>
        )}
      </Radix.Content>
    </Radix.Portal>
  );
}
