"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { changeIncident } from "@/lib/client/incidents";
import type { Incident } from "@/lib/contract/incident-words";
import { type IncidentSeverity, SEVERITIES } from "@/lib/contract/incidents";
import { Field } from "../forms/field";
import { FormDialog } from "../forms/form-dialog";
import { SHORTEST_REASON } from "../forms/reason-field";
import { SelectField, type SelectOptions } from "../forms/select-field";
import { TextAreaField } from "../forms/text-area-field";
import type { IncidentRights } from "./rights";

const NO_OWNER = "";
const severities: SelectOptions = (Object.keys(SEVERITIES) as IncidentSeverity[]).map((severity) => [
  severity,
  SEVERITIES[severity].label,
]);

/** Changes what an incident is called, how bad it is, and who takes care of it. The log keeps the old values. */
export function EditDialog({
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
  const [title, setTitle] = useState(incident.title);
  const [cause, setCause] = useState(incident.cause);
  const [severity, setSeverity] = useState<IncidentSeverity>(incident.severity);
  const [owner, setOwner] = useState(incident.owner ?? NO_OWNER);
  const save = useMutation({
    mutationFn: () =>
      changeIncident(incident.id, {
        ...(title.trim() !== incident.title && { title: title.trim() }),
        ...(cause.trim() !== incident.cause && { cause: cause.trim() }),
        ...(severity !== incident.severity && { severity }),
        ...(owner !== (incident.owner ?? NO_OWNER) && { owner: owner || null }),
      }),
    onSuccess: () => {
      onChanged();
      onClose();
    },
  });
  const people = [...new Set([incident.owner, rights.email, ...rights.people].filter((one) => one !== null))];
  return (
    <FormDialog
      title={`Change ${incident.id}`}
      description="What it is about stays as it is. The timeline keeps the old values."
      action="Save"
      doing="Saving…"
      testId="edit-confirm"
      ready={title.trim().length >= SHORTEST_REASON && cause.trim().length >= SHORTEST_REASON}
      pending={save.isPending}
      error={save.error}
      before="Nothing was changed."
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      <Field label="Title" maxLength={200} value={title} onChange={(event) => setTitle(event.target.value)} />
      <TextAreaField label="What happened" testId="edit-cause" maxLength={2000} value={cause} onChange={setCause} />
      <SelectField
        strong
        label="Severity"
        choices={severities}
        value={severity}
        onChange={(value) => setSeverity(value as IncidentSeverity)}
      />
      <SelectField
        strong
        label="Owner"
        choices={[[NO_OWNER, "None"], ...people.map((email) => [email, email] as const)]}
        value={owner}
        onChange={setOwner}
      />
    </FormDialog>
  );
}
