"use client";

import { type ReactNode, useId, useState } from "react";
import { Button } from "../ui/button";
import { Dialog, DialogContent } from "../ui/dialog";
import { Problem } from "./problem";

/**
 * A form in a dialog: its fields, the error of the last attempt, and a button that names the action. Escape and a click
 * outside ask before they throw away entered text; Cancel does not ask.
 */
export function FormDialog({
  title,
  description,
  action,
  doing,
  testId,
  ready = true,
  pending,
  error,
  before = "",
  onSubmit,
  onClose,
  children,
}: {
  title: string;
  description: string;
  /** The button's label. */
  action: string;
  /** The button's label while the form is sent: `Saving…`. */
  doing: string;
  /** Of the button. */
  testId: string;
  /** Whether the form can be sent. */
  ready?: boolean;
  pending: boolean;
  error: Error | null;
  /** Text in front of the error: `Nothing was started.` */
  before?: string;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
}) {
  const form = useId();
  const [dirty, setDirty] = useState(false);
  return (
    <Dialog open dirty={dirty && !pending} onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={title}
        description={description}
        footer={
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" form={form} variant="primary" data-testid={testId} disabled={pending || !ready}>
              {pending ? doing : action}
            </Button>
          </>
        }
      >
        <form
          id={form}
          className="space-y-4 pt-1"
          onChange={() => setDirty(true)}
          onSubmit={(event) => {
            event.preventDefault();
            if (ready && !pending) onSubmit();
          }}
        >
          {children}
          <Problem error={error} before={before} />
        </form>
      </DialogContent>
    </Dialog>
  );
}
