"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { askIncident, endIncident } from "@/lib/client/incidents";
import type { Incident } from "@/lib/contract/incident-words";
import { FormDialog } from "../forms/form-dialog";
import { ReasonField, SHORTEST_REASON } from "../forms/reason-field";
import type { IncidentRights } from "./rights";
import { verdictOf } from "./words";

/** Closes an incident, which needs zero, or opens a closed one again. */
export function EndDialog({
  action,
  incident,
  rights,
  onClose,
  onChanged,
}: {
  action: "close" | "reopen";
  incident: Incident;
  rights: IncidentRights;
  onClose: () => void;
  onChanged: () => void;
}) {
  const [reason, setReason] = useState("");
  const asks = action === "close" && !rights.mayDecide;
  const act = useMutation({
    mutationFn: () => {
      const why = reason.trim();
      return asks
        ? askIncident(incident.id, { action: "close", input: { reason: why }, reason: why })
        : endIncident(incident.id, action, why);
    },
    onSuccess: () => {
      onChanged();
      onClose();
    },
  });
  const closing = action === "close";
  return (
    <FormDialog
      title={closing ? `${asks ? "Ask to close" : "Close"} ${incident.id}` : `Reopen ${incident.id}`}
      description={
        closing
          ? `${verdictOf(incident)} It closes itself at zero, after a complete verification. By hand it can be closed under the same condition only.`
          : "Its events stay as they are. What was verified is verified again before it can close."
      }
      action={asks ? "Ask an administrator" : closing ? "Close incident" : "Reopen incident"}
      doing={asks ? "Asking…" : closing ? "Closing…" : "Reopening…"}
      testId="end-confirm"
      ready={reason.trim().length >= SHORTEST_REASON}
      pending={act.isPending}
      error={act.error}
      before={asks ? "Nothing was asked." : closing ? "It was not closed." : "It was not reopened."}
      onSubmit={() => act.mutate()}
      onClose={onClose}
    >
      <div>
        <ReasonField
          value={reason}
          onChange={setReason}
          example={closing ? "Checked with the merchant, ticket 4711" : "A merchant still misses three orders"}
        />
      </div>
    </FormDialog>
  );
}
