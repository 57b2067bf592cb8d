"use client";

import { useMutation } from "@tanstack/react-query";
import { useId, useState } from "react";
import { acknowledgeAlert } from "@/lib/client/alerts";
import type { Alert } from "@/lib/contract/api/alerts";
import { FormDialog } from "../forms/form-dialog";
import { Textarea } from "../ui/input";

/** Says that the reader takes care of it. The note is for who looks next. */
export function AcknowledgeDialog({
  alert,
  onDone,
  onClose,
}: {
  alert: Alert;
  onDone: () => void;
  onClose: () => void;
}) {
  const id = useId();
  const [note, setNote] = useState("");
  const act = useMutation({ mutationFn: () => acknowledgeAlert(alert.id, note), onSuccess: onDone });
  return (
    <FormDialog
      title={`Acknowledge “${alert.rule}”`}
      description="It is not told again. When it is well again, that is told."
      action="Acknowledge"
      doing="Acknowledging…"
      testId="acknowledge-confirm"
      pending={act.isPending}
      error={act.error}
      before="It was not acknowledged."
      onSubmit={() => act.mutate()}
      onClose={onClose}
    >
      <div>
        <label htmlFor={id} className="mb-1 block font-medium">
          Note <span className="font-normal text-quiet">(optional)</span>
        </label>
        <Textarea
          id={id}
          data-testid="acknowledge-note"
          maxLength={2000}
          value={note}
          placeholder="The Agent SDK restarts, ticket OPS-4711"
          onChange={(event) => setNote(event.target.value)}
        />
        <p className="mt-1 text-quiet text-sm">Shown with your name to everyone who sees the alert.</p>
      </div>
    </FormDialog>
  );
}
