"use client";

import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Button } from "../ui/button";
import { Dialog, DialogClose, DialogContent } from "../ui/dialog";
import { Problem } from "./problem";

/** A question before something is done: what will happen, and a button that says it. Stays open with the reason when it fails. */
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
  /** What the button says. */
  action: string;
  /** What it says meanwhile: `Pausing…`. */
  doing: string;
  disabled?: boolean;
  /** It cannot be undone: the button is red. */
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
