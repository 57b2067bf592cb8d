"use client";

import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { Button } from "./button";
import { useWindowGuard, type WindowGuard } from "./use-window-guard";

/** A tall panel along the right edge, for work that needs space. It fills the screen on a phone. */
export function Sheet({
  open,
  onOpenChange,
  title,
  description,
  footer,
  children,
  ...how
}: WindowGuard & {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description: ReactNode;
  footer: ReactNode;
  children: ReactNode;
}) {
  const { root, content, inside } = useWindowGuard({ open, ...how }, onOpenChange);
  return (
    <Radix.Root open={open} {...root}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-[rgb(10_14_14/0.4)] dark:bg-[rgb(0_0_0/0.6)]" />
        <Radix.Content
          {...content}
          className="fixed inset-0 z-50 flex animate-rise flex-col overflow-hidden bg-raised shadow-float outline-none md:left-auto md:w-[42rem] md:border-l"
          // A sheet is read from its top, so no field is focused automatically.
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            (event.currentTarget as HTMLElement | null)?.focus();
          }}
          tabIndex={-1}
        >
          {inside}
          <header className="border-b px-5 pt-3.5 pr-12 pb-3 max-md:px-4">
            <Radix.Title className="font-semibold text-lg [overflow-wrap:anywhere]">{title}</Radix.Title>
            <Radix.Description className="text-quiet [overflow-wrap:anywhere]">{description}</Radix.Description>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 pb-6 max-md:px-4">{children}</div>
          <footer className="border-t bg-sunken px-5 py-3 max-md:px-4">{footer}</footer>
          {!how.locked && (
            <Radix.Close asChild>
              <Button variant="ghost" size="icon" className="absolute top-2.5 right-2.5 size-7" aria-label="Close">
                <X />
              </Button>
            </Radix.Close>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
