"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError } from "@/lib/client/request";
import { changeRetention } from "@/lib/client/retention";
import type { Retention, RetentionOfClass } from "@/lib/contract/api/retention";
import { daysText, RETENTION_CLASS } from "@/lib/contract/retention-words";
import { count } from "../format";
import { Field } from "../forms/field";
import { FormDialog } from "../forms/form-dialog";
import { SelectField } from "../forms/select-field";

const MOST_COUNTED = 1_000_000;

/** Changes how long a class is kept. For fewer days than now, it says how much is older before it saves. */
export function RetentionDialog({
  kept,
  ownOrganisations,
  onClose,
  onChanged,
}: {
  kept: RetentionOfClass;
  ownOrganisations: readonly string[] | null;
  onClose: () => void;
  onChanged: (answer: Retention) => void;
}) {
  const [span, setSpan] = useState(kept.days === null ? "ever" : "days");
  const [days, setDays] = useState(String(kept.days ?? 90));
  const [organisation, setOrganisation] = useState(ownOrganisations?.[0] ?? "");
  const save = useMutation({
    mutationFn: (confirmed: boolean) =>
      changeRetention({
        ...{ class: kept.class, org_id: organisation.trim() || null, confirmed },
        ...(span === "inherit" ? { inherit: true } : { days: span === "ever" ? null : Number(days) }),
      }),
    onSuccess: onChanged,
  });
  const older = olderRows(save.error);
  const change = (set: (value: string) => void) => (value: string) => {
    save.reset();
    set(value);
  };
  return (
    <FormDialog
      title={`How long ${RETENTION_CLASS[kept.class].label.toLowerCase()} are kept`}
      description={RETENTION_CLASS[kept.class].meaning}
      action={older === null ? "Save" : "Save and delete"}
      doing="Saving…"
      testId="save-retention"
      ready={span !== "days" || /^[1-9]\d{0,4}$/.test(days)}
      pending={save.isPending}
      error={older === null ? save.error : null}
      onSubmit={() => save.mutate(older !== null)}
      onClose={onClose}
    >
      <SelectField
        strong
        label="Keep"
        choices={[
          ["ever", "For ever"],
          ["days", "For a number of days"],
          ...(kept.class === "bodies" && organisation.trim() !== ""
            ? ([["inherit", "As all organisations"]] as const)
            : []),
        ]}
        value={span}
        onChange={change(setSpan)}
      />
      {span === "days" && (
        <Field
          label="Days"
          unit="days"
          inputMode="numeric"
          value={days}
          onChange={(event) => change(setDays)(event.target.value)}
        />
      )}
      {kept.class === "bodies" && (
        <Field
          label="Organisation"
          help="Empty: all organisations that have no days of their own."
          value={organisation}
          onChange={(event) => change(setOrganisation)(event.target.value)}
        />
      )}
      {older !== null && (
        <p role="alert" data-testid="older-rows" className="text-amber">
          {older > MOST_COUNTED
            ? "More than a million rows are"
            : older === 1
              ? "1 row is"
              : `${count(older)} rows are`}{" "}
          older{span === "days" ? ` than ${daysText(Number(days))}` : ""} and will be deleted, except what is still
          needed. This cannot be undone.
        </p>
      )}
    </FormDialog>
  );
}

/** How many rows are older, when that has to be confirmed. */
function olderRows(error: Error | null): number | null {
  return error instanceof ApiError && error.field === "confirmed" ? Number(error.problem.rows) : null;
}
