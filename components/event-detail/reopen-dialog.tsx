"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { reopenEvents } from "@/lib/client/event-notes";
import { FormDialog } from "../forms/form-dialog";
import { ReasonField, SHORTEST_REASON } from "../forms/reason-field";

/** Takes back that the event was marked as resolved, with the reason. */
export function ReopenDialog({
  eventId,
  onClose,
  onReopened,
}: {
  eventId: string;
  onClose: () => void;
  onReopened: () => void;
}) {
  const [reason, setReason] = useState("");
  const reopen = useMutation({
    mutationFn: () => reopenEvents([eventId], reason.trim()),
    onSuccess: () => {
      onReopened();
      onClose();
    },
  });
  return (
    <FormDialog
      title="Reopen this event"
      description="Its status becomes what its deliveries say. Nothing is delivered; a replay does that."
      action="Reopen"
      doing="Reopening…"
      testId="reopen-confirm"
      ready={reason.trim().length >= SHORTEST_REASON}
      pending={reopen.isPending}
      error={reopen.error}
      onSubmit={() => reopen.mutate()}
      onClose={onClose}
    >
      <div>
        <ReasonField value={reason} onChange={setReason} example="The refund did not go through, ticket ABC-123" />
      </div>
    </FormDialog>
  );
}
