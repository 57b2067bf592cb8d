"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { decideRequest } from "@/lib/client/incidents";
import { INCIDENT_REQUEST_ACTION, type Incident, type IncidentRequest } from "@/lib/contract/incident-words";
import { plural } from "../format";
import { FormDialog } from "../forms/form-dialog";
import { ReasonField, SHORTEST_REASON } from "../forms/reason-field";
import { requestInputText } from "./request-text";
import { toRecover } from "./words";

/** Approves or declines what a person asked for. What is approved happens at once, in both names. */
export function DecideDialog({
  incident,
  request,
  approve,
  onClose,
  onChanged,
}: {
  incident: Incident;
  request: IncidentRequest;
  approve: boolean;
  onClose: () => void;
  onChanged: () => void;
}) {
  const [reason, setReason] = useState("");
  const decide = useMutation({
    mutationFn: () => decideRequest(incident.id, request.id, { approve, reason: reason.trim() }),
    onSuccess: () => {
      onChanged();
      onClose();
    },
  });
  const size = request.action === "recover" ? ` ${plural(toRecover(incident), "event")} would be delivered.` : "";
  return (
    <FormDialog
      title={`${approve ? "Approve" : "Decline"}: ${INCIDENT_REQUEST_ACTION[request.action]}`}
      description={
        approve
          ? `${request.actor} asked: ${quoted(request.reason)}${size} It happens at once, in your name; the log has both names.`
          : `${request.actor} asked: ${quoted(request.reason)} Nothing happens, and the log says why.`
      }
      action={approve ? "Approve" : "Decline"}
      doing={approve ? "Approving…" : "Declining…"}
      testId="decide-confirm"
      ready={reason.trim().length >= SHORTEST_REASON}
      pending={decide.isPending}
      error={decide.error}
      before="Nothing was decided."
      onSubmit={() => decide.mutate()}
      onClose={onClose}
    >
      {requestInputText(request) && <p className="text-pretty text-quiet">{requestInputText(request)}</p>}
      <div>
        <ReasonField
          value={reason}
          onChange={setReason}
          example={approve ? "Preview checked, the endpoint answers 200" : "The endpoint still answers 503"}
        />
      </div>
    </FormDialog>
  );
}

/** With one full stop, whether or not it was written with one. */
function quoted(reason: string): string {
  return `“${/[.!?…]$/.test(reason) ? reason : `${reason}.`}”`;
}
