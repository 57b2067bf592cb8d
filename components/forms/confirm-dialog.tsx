"use client";

import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Button } from "../ui/button";
import { Dialog, DialogClose, DialogContent } from "../ui/dialog";
import { Problem } from "./problem";

/** Asks before an action: what will happen, and a button that names it. When it fails, it stays open with the reason. */
export function ConfirmDialog<T>({
  title,
  description,
  action,
  doing,
  disabled,
  final,
  run,
  onDone,
  onClose,
  children,
}: {
  title: string;
  description: ReactNode;
  /** The button's label. */
  action: string;
  /** The button's label while the action runs: `Pausing…`. */
  doing: string;
  disabled?: boolean;
  /** The action cannot be undone: the button is red. */
  final?: boolean;
  run: () => Promise<T>;
  onDone: (answer: T) => void;
  onClose: () => void;
  children?: ReactNode;
}) {
  const act = useMutation({ mutationFn: run, onSuccess: onDone });
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={title}
        description={description}
        footer={
          <>
            <DialogClose asChild>
              <Button>Cancel</Button>
            </DialogClose>
            <Button
              variant={final ? "danger" : "primary"}
              data-testid="confirm"
              disabled={act.isPending || disabled}
              onClick={() => act.mutate()}
            >
              {act.isPending ? doing : action}
            </Button>
          </>
        }
      >
        {children}
        <Problem error={act.error} />
      </DialogContent>
    </Dialog>
  );
}
