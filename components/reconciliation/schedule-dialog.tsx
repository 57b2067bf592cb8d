"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { saveWatch } from "@/lib/client/coverage";
import type { SourceCoverage } from "@/lib/contract/reconciliations";
import { CheckboxField } from "../forms/checkbox-field";
import { Field } from "../forms/field";
import { FormDialog } from "../forms/form-dialog";
import type { Rights } from "./rights";
import { sourceName } from "./source-words";

const MINUTE = 60;
const DAY = 86_400;

/** How often a source is compared with its provider, how far back, and whether what is missing is delivered without asking. */
export function ScheduleDialog({
  source,
  rights,
  onClose,
  onSaved,
}: {
  source: SourceCoverage;
  rights: Rights;
  onClose: () => void;
  onSaved: () => void;
}) {
  const { watch } = source;
  const [enabled, setEnabled] = useState(watch.enabled);
  const [backFills, setBackFills] = useState(watch.back_fills);
  const [every, setEvery] = useState(String(watch.every_seconds / MINUTE));
  const [back, setBack] = useState(String(watch.window_seconds / MINUTE));
  const [daily, setDaily] = useState(String(watch.daily_window_seconds / DAY));
  const save = useMutation({
    mutationFn: () =>
      saveWatch(source, {
        enabled,
        every_seconds: Math.round(Number(every) * MINUTE),
        window_seconds: Math.round(Number(back) * MINUTE),
        daily_window_seconds: Math.round(Number(daily) * DAY),
        ...(rights.replay.mayReplayMany && { back_fills: backFills }),
      }),
    onSuccess: () => {
      onSaved();
      onClose();
    },
  });
  const filled = [every, back, daily].every((value) => Number(value) > 0);
  return (
    <FormDialog
      title={`Schedule of ${sourceName(source)}`}
      description={
        source.credentials?.is_complete
          ? "Runs that start by themselves. Each ends where the provider may still be sending."
          : "It starts as soon as the source has an API key."
      }
      action="Save"
      doing="Saving…"
      testId="schedule-save"
      ready={filled}
      pending={save.isPending}
      error={save.error}
      before="Nothing was saved."
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      <CheckboxField checked={enabled} onChange={setEnabled}>
        Compare this source by itself
      </CheckboxField>
      <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
        <Field
          label="Every"
          unit="minutes"
          type="number"
          min={1}
          max={1_440}
          value={every}
          onChange={(event) => setEvery(event.target.value)}
        />
        <Field
          label="Over the last"
          unit="minutes"
          type="number"
          min={1}
          max={44_640}
          value={back}
          onChange={(event) => setBack(event.target.value)}
        />
      </div>
      <Field
        label="Once a day, over the last"
        unit="days"
        type="number"
        min={1}
        max={31}
        value={daily}
        help="Finds what became readable late at the provider."
        onChange={(event) => setDaily(event.target.value)}
      />
      <CheckboxField
        checked={backFills}
        onChange={setBackFills}
        hint="What is missing is stored and delivered without asking. Otherwise it waits for a user."
      >
        Back-fill what it finds
      </CheckboxField>
    </FormDialog>
  );
}
