"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { createSilence } from "@/lib/client/alerts";
import { useNow } from "@/lib/client/clock";
import type { Alert } from "@/lib/contract/api/alerts";
import { fieldTime, localTime } from "../format";
import { Field } from "../forms/field";
import { FormDialog } from "../forms/form-dialog";
import { ReasonField, SHORTEST_REASON } from "../forms/reason-field";
import { SelectField } from "../forms/select-field";
import { LONGEST_MS, matchersOf, type Reach, reachesOf, SPANS } from "./silence-draft";

const UNTIL = "until";
const MINUTE_MS = 60_000;

/** Keeps alerts quiet for a while. They are still evaluated, and shown. */
export function SilenceDialog({ alert, onDone, onClose }: { alert: Alert; onDone: () => void; onClose: () => void }) {
  const reaches = reachesOf(alert);
  const now = useNow();
  const [reach, setReach] = useState<Reach>(reaches[0]?.reach ?? "rule");
  const [span, setSpan] = useState("240");
  const [until, setUntil] = useState(() => fieldTime(new Date(Date.now() + 8 * 60 * MINUTE_MS).toISOString()));
  const [reason, setReason] = useState("");
  const ends = span === UNTIL ? Date.parse(until) : now + Number(span) * MINUTE_MS;
  const problem =
    span !== UNTIL || (ends > now && ends - now <= LONGEST_MS) ? null : "Choose a time within the next 31 days.";
  const act = useMutation({
    mutationFn: () =>
      createSilence({
        ...matchersOf(alert, reach),
        ends_at: new Date(span === UNTIL ? until : Date.now() + Number(span) * MINUTE_MS).toISOString(),
        reason: reason.trim(),
      }),
    onSuccess: onDone,
  });
  return (
    <FormDialog
      title="Silence"
      description="No one is told while it lasts. Alerts are still evaluated and listed here."
      action="Silence"
      doing="Silencing…"
      testId="silence-confirm"
      ready={reason.trim().length >= SHORTEST_REASON && problem === null}
      pending={act.isPending}
      error={act.error}
      before="Nothing was silenced."
      onSubmit={() => act.mutate()}
      onClose={onClose}
    >
      <fieldset>
        <legend className="mb-1 font-medium">What</legend>
        {reaches.map((one) => (
          <label key={one.reach} className="flex gap-2 py-1 [overflow-wrap:anywhere]">
            <input
              type="radio"
              name="reach"
              className="mt-1 size-3.5 shrink-0 accent-accent"
              checked={reach === one.reach}
              onChange={() => setReach(one.reach)}
            />
            {one.label}
          </label>
        ))}
      </fieldset>
      <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
        <SelectField
          strong
          label="For"
          choices={[...SPANS.map(([minutes, words]) => [String(minutes), words] as const), [UNTIL, "Until a time…"]]}
          value={span}
          onChange={setSpan}
        />
        {span === UNTIL && (
          <Field
            label="Until"
            type="datetime-local"
            value={until.slice(0, 16)}
            problem={problem}
            onChange={(event) => setUntil(event.target.value)}
          />
        )}
      </div>
      {problem === null && (
        <p className="text-quiet text-sm tabular-nums" data-testid="silence-until">
          It ends at {localTime(new Date(ends).toISOString())}.
        </p>
      )}
      <div>
        <ReasonField value={reason} onChange={setReason} example="Maintenance of the Agent SDK until 14:00" />
      </div>
    </FormDialog>
  );
}
