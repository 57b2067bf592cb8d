"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { type AcceptAsk, acceptItems, askIncident } from "@/lib/client/incidents";
import type { Incident } from "@/lib/contract/incident-words";
import { count, plural } from "../format";
import { FormDialog } from "../forms/form-dialog";
import { ReasonField, SHORTEST_REASON } from "../forms/reason-field";
import type { IncidentRights } from "./rights";
import { unacceptedOf } from "./words";

/** Accepts by name that events cannot be brought back. Who may not asks for it. */
export function AcceptDialog({
  incident,
  rights,
  onClose,
  onChanged,
}: {
  incident: Incident;
  rights: IncidentRights;
  onClose: () => void;
  onChanged: () => void;
}) {
  const [reason, setReason] = useState("");
  const { still_missing } = incident.counts;
  const lost = unacceptedOf(incident);
  const all = lost + still_missing;
  const asks = !rights.mayDecide;
  const act = useMutation({
    mutationFn: () => {
      const input: AcceptAsk = { all: true, reason: reason.trim() };
      return asks
        ? askIncident(incident.id, { action: "accept", input, reason: input.reason })
        : acceptItems(incident.id, input);
    },
    onSuccess: () => {
      onChanged();
      onClose();
    },
  });
  const what = [
    lost > 0 && `${count(lost)} unrecoverable`,
    still_missing > 0 && `${count(still_missing)} still missing`,
  ]
    .filter(Boolean)
    .join(" and ");
  return (
    <FormDialog
      title={asks ? `Ask to accept the loss of ${plural(all, "event")}` : `Accept the loss of ${plural(all, "event")}`}
      description={`${what}. ${all === 1 ? "It stays" : "They stay"} lost: ${all === 1 ? "its" : "their"} effects are in no target. The log and the evidence name each of them, with your name and this reason.`}
      action={asks ? "Ask an administrator" : `Accept ${plural(all, "event")}`}
      doing={asks ? "Asking…" : "Accepting…"}
      testId="accept-confirm"
      ready={reason.trim().length >= SHORTEST_REASON && all > 0}
      pending={act.isPending}
      error={act.error}
      before={asks ? "Nothing was asked." : "Nothing was accepted."}
      onSubmit={() => act.mutate()}
      onClose={onClose}
    >
      <div>
        <ReasonField
          value={reason}
          onChange={setReason}
          example="Stripe keeps no content of deleted customers; the merchant knows"
        />
      </div>
    </FormDialog>
  );
}
