"use client";

import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ApiError } from "@/lib/client/request";
import { Button } from "./ui/button";
import { Dialog, DialogClose, DialogContent } from "./ui/dialog";

/** A question before something is done: what will happen, and a button that says it. Stays open with the reason when it fails. */
export function ConfirmDialog<T>({
  title,
  description,
  action,
  doing,
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
            <Button variant="primary" data-testid="confirm" disabled={act.isPending} onClick={() => act.mutate()}>
              {act.isPending ? doing : action}
            </Button>
          </>
        }
      >
        {children}
        {act.error && <Problem error={act.error} />}
      </DialogContent>
    </Dialog>
  );
}

/** What went wrong, with the request id to quote. */
export function Problem({ error, before = "Nothing was changed." }: { error: Error; before?: string }) {
  return (
    <p role="alert" className="mt-3 rounded-md bg-tint px-3 py-2 text-red">
      {before} {error.message}
      {error instanceof ApiError && error.requestId && (
        <>
          {" "}
          Request <code className="font-mono">{error.requestId}</code>.
        </>
      )}
    </p>
  );
}
