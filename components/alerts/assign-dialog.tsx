"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { assignAlert } from "@/lib/client/alerts";
import type { Alert } from "@/lib/contract/api/alerts";
import { FormDialog } from "../forms/form-dialog";
import { SelectField } from "../forms/select-field";
import type { AlertRights } from "./rights";

const NO_ONE = "";

/** Says who takes care of an alert. Who may not see the staff can take it, or give it back. */
export function AssignDialog({
  alert,
  rights,
  onDone,
  onClose,
}: {
  alert: Alert;
  rights: AlertRights;
  onDone: () => void;
  onClose: () => void;
}) {
  const [assignee, setAssignee] = useState(alert.assignee ?? rights.email ?? NO_ONE);
  const act = useMutation({ mutationFn: () => assignAlert(alert.id, assignee || null), onSuccess: onDone });
  const people = [...new Set([rights.email, alert.assignee, ...rights.people])].filter((one) => one !== null);
  return (
    <FormDialog
      title={`Assign “${alert.rule}”`}
      description="Who takes care of it is shown on every page of the alert."
      action={assignee === NO_ONE ? "Assign to no one" : "Assign"}
      doing="Assigning…"
      testId="assign-confirm"
      ready={assignee !== (alert.assignee ?? NO_ONE)}
      pending={act.isPending}
      error={act.error}
      before="It was not assigned."
      onSubmit={() => act.mutate()}
      onClose={onClose}
    >
      <SelectField
        strong
        label="Assignee"
        choices={[
          [NO_ONE, "No one"],
          ...people.map((email) => [email, email === rights.email ? `${email} (you)` : email] as const),
        ]}
        value={assignee}
        onChange={setAssignee}
      />
    </FormDialog>
  );
}
