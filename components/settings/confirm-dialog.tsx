"use client";

import type { ReactNode } from "react";
import { Button } from "../ui/button";
import { Dialog, DialogClose, DialogContent } from "../ui/dialog";
import { Problem } from "./problem";

/** Asks before something is done that people notice. `description` says what happens. */
export function ConfirmDialog({
  title,
  description,
  action,
  pending,
  error,
  disabled,
  onConfirm,
  onClose,
  children,
}: {
  title: string;
  description: ReactNode;
  /** What the button does, as a verb with its object. */
  action: string;
  pending: boolean;
  error: Error | null;
  disabled?: boolean;
  onConfirm: () => void;
  onClose: () => void;
  children?: ReactNode;
}) {
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
            <Button variant="primary" data-testid="confirm" disabled={pending || disabled} onClick={onConfirm}>
              {action}
            </Button>
          </>
        }
      >
        {children}
        <Problem error={error} />
      </DialogContent>
    </Dialog>
  );
}
