"use client";

import { AlertDialog as Radix } from "radix-ui";
import { Button } from "./button";

/** Asks before entered text is thrown away. Escape keeps it. */
export function DiscardQuestion({ onKeep, onDiscard }: { onKeep: () => void; onDiscard: () => void }) {
  return (
    <Radix.Root open onOpenChange={(open) => !open && onKeep()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-50 bg-[rgb(10_14_14/0.4)] dark:bg-[rgb(0_0_0/0.6)]" />
        <Radix.Content className="fixed inset-x-4 top-[20vh] z-50 mx-auto max-w-sm animate-rise rounded-md border bg-raised shadow-float outline-none">
          <div className="px-4 pt-3.5 pb-4">
            <Radix.Title className="font-semibold text-lg">Discard what you have entered?</Radix.Title>
            <Radix.Description className="text-quiet">It is not saved anywhere.</Radix.Description>
          </div>
          <div className="flex flex-wrap justify-end gap-2 border-t bg-sunken px-4 py-3">
            <Radix.Action asChild>
              <Button data-testid="discard" onClick={onDiscard}>
                Discard
              </Button>
            </Radix.Action>
            <Radix.Cancel asChild>
              <Button variant="primary" data-testid="keep-editing">
                Keep editing
              </Button>
            </Radix.Cancel>
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
