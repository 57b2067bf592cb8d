"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { openAlertIncident } from "@/lib/client/alerts";
import type { Alert } from "@/lib/contract/api/alerts";
import { type IncidentSeverity, SEVERITIES } from "@/lib/contract/incidents";
import { Field } from "../forms/field";
import { FormDialog } from "../forms/form-dialog";
import { SHORTEST_REASON } from "../forms/reason-field";
import { SelectField, type SelectOptions } from "../forms/select-field";

const severities: SelectOptions = (Object.keys(SEVERITIES) as IncidentSeverity[]).map((severity) => [
  severity,
  SEVERITIES[severity].label,
]);

/** Opens an incident about what the alert is about, and goes there. */
export function IncidentDialog({ alert, onDone, onClose }: { alert: Alert; onDone: () => void; onClose: () => void }) {
  const router = useRouter();
  const client = useQueryClient();
  const [title, setTitle] = useState(alert.summary.slice(0, 200));
  const [severity, setSeverity] = useState<IncidentSeverity>(alert.severity);
  const act = useMutation({
    mutationFn: () => openAlertIncident(alert.id, { title: title.trim(), severity }),
    onSuccess: ({ id }) => {
      void client.invalidateQueries({ queryKey: ["incidents"] });
      router.push(`/incidents/${id}`);
      onDone();
    },
  });
  return (
    <FormDialog
      title="Open an incident"
      description={`About the events of this alert that failed or are dead, or what its run found missing. The set is frozen when you confirm, and ${alert.id} names the incident.`}
      action="Open incident"
      doing="Opening…"
      testId="alert-incident-confirm"
      ready={title.trim().length >= SHORTEST_REASON}
      pending={act.isPending}
      error={act.error}
      before="No incident was opened."
      onSubmit={() => act.mutate()}
      onClose={onClose}
    >
      <Field label="Title" maxLength={200} value={title} onChange={(event) => setTitle(event.target.value)} />
      <SelectField
        strong
        label="Severity"
        choices={severities}
        value={severity}
        onChange={(value) => setSeverity(value as IncidentSeverity)}
      />
    </FormDialog>
  );
}
