"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { recoverIncident } from "@/lib/client/incidents";
import type { Incident } from "@/lib/contract/incident-words";
import { FormDialog } from "../forms/form-dialog";
import { ReasonField, SHORTEST_REASON } from "../forms/reason-field";

/** Finds what is affected and prepares the preview. Nothing is delivered. */
export function FindDialog({
  incident,
  onClose,
  onChanged,
}: {
  incident: Incident;
  onClose: () => void;
  onChanged: () => void;
}) {
  const [reason, setReason] = useState(`Find what “${incident.title}” affected`.slice(0, 1000));
  const start = useMutation({
    mutationFn: () => recoverIncident(incident.id, { until: "preview", reason: reason.trim() }),
    onSuccess: () => {
      onChanged();
      onClose();
    },
  });
  return (
    <FormDialog
      title="Find what is affected"
      description="Asks the providers what never arrived in this window, finds what failed and what is stale, and prepares a preview. Nothing is delivered."
      action="Find what is affected"
      doing="Starting…"
      testId="find-start"
      ready={reason.trim().length >= SHORTEST_REASON}
      pending={start.isPending}
      error={start.error}
      before="Nothing was started."
      onSubmit={() => start.mutate()}
      onClose={onClose}
    >
      <div>
        <ReasonField value={reason} onChange={setReason} />
      </div>
    </FormDialog>
  );
}
