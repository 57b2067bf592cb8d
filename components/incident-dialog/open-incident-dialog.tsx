"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { growIncident, openIncident } from "@/lib/client/incidents";
import { openIncidentsQuery } from "@/lib/client/queries/incidents";
import type { Incident } from "@/lib/contract/incident-words";
import { type IncidentSeverity, SEVERITIES } from "@/lib/contract/incidents";
import { duration, fieldTime, plural } from "../format";
import { Field } from "../forms/field";
import { FormDialog } from "../forms/form-dialog";
import { ReasonField, SHORTEST_REASON } from "../forms/reason-field";
import { SelectField } from "../forms/select-field";
import { TextAreaField } from "../forms/text-area-field";
import { type IncidentTarget, selectionOf, windowOf } from "./incident-target";

const NEW = "new";
const MINUTE_MS = 60_000;

/** Opens an incident about events, or adds them to one that is open. Its set is frozen at that moment. */
export function OpenIncidentDialog({
  target,
  mayGrow,
  onClose,
}: {
  target: IncidentTarget;
  /** Whether this person may add events to an incident. */
  mayGrow: boolean;
  onClose: () => void;
}) {
  const router = useRouter();
  const client = useQueryClient();
  const [opened] = useState(() => Date.now());
  const [where, setWhere] = useState(NEW);
  const [title, setTitle] = useState(target.title ?? "");
  const [cause, setCause] = useState(target.cause ?? "");
  const [severity, setSeverity] = useState<IncidentSeverity>("P2");
  const [window] = useState(() => windowOf(target, opened));
  const [from, setFrom] = useState(() => fieldTime(window.from));
  const [to, setTo] = useState(() => fieldTime(window.to));
  const [reason, setReason] = useState("");
  const mayAdd = mayGrow && target.kind !== "run";
  const open = useQuery({ ...openIncidentsQuery(), enabled: mayAdd });
  const act = useMutation({
    mutationFn: (): Promise<Incident> => {
      const what = selectionOf(target, opened);
      if (where !== NEW && what.selection)
        return growIncident(where, { selection: what.selection, reason: reason.trim() });
      const times = { from_ts: new Date(from).toISOString(), to_ts: new Date(to).toISOString() };
      return openIncident({ title: title.trim(), cause: cause.trim(), severity, ...times, ...what });
    },
    onSuccess: ({ id }) => {
      void client.invalidateQueries({ queryKey: ["incidents"] });
      router.push(`/incidents/${id}`);
      onClose();
    },
  });
  const isInOrder = from !== "" && to !== "" && from < to;
  const isNew = where === NEW;
  const ready = isNew
    ? title.trim().length >= SHORTEST_REASON && cause.trim().length >= SHORTEST_REASON && isInOrder
    : reason.trim().length >= SHORTEST_REASON;
  const others = open.data?.incidents ?? [];
  return (
    <FormDialog
      title={isNew ? "Open an incident" : `Add events to ${where}`}
      description={`About ${targetText(target)}. The set is frozen when you confirm; what is added later is logged.`}
      action={isNew ? "Open incident" : `Add to ${where}`}
      doing={isNew ? "Opening…" : "Adding…"}
      testId="incident-open"
      ready={ready}
      pending={act.isPending}
      error={act.error}
      before={isNew ? "No incident was opened." : "Nothing was added."}
      onSubmit={() => act.mutate()}
      onClose={onClose}
    >
      {mayAdd && others.length > 0 && (
        <SelectField
          strong
          label="Incident"
          choices={[[NEW, "A new one"], ...others.map(({ id, title }) => [id, `${id} · ${title}`] as const)]}
          value={where}
          onChange={setWhere}
        />
      )}
      {isNew ? (
        <>
          <Field
            label="Title"
            placeholder="Agent SDK answers 503"
            data-testid="incident-title"
            maxLength={200}
            value={title}
            onChange={(event) => setTitle(event.target.value)}
          />
          <TextAreaField
            label="What happened"
            placeholder="The deploy of 14:02 broke the webhook route. Rolled back at 15:10, ticket OPS-4711."
            testId="incident-cause"
            maxLength={2000}
            value={cause}
            onChange={setCause}
          />
          <SelectField
            strong
            label="Severity"
            choices={severities}
            value={severity}
            onChange={(value) => setSeverity(value as IncidentSeverity)}
          />
          <div>
            <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
              <Field
                label="Began"
                type="datetime-local"
                step={1}
                value={from}
                onChange={(event) => setFrom(event.target.value)}
              />
              <Field
                label="Ended"
                type="datetime-local"
                step={1}
                value={to}
                problem={isInOrder || from === "" || to === "" ? null : "The end must be later than the beginning."}
                onChange={(event) => setTo(event.target.value)}
              />
            </div>
            <p className="mt-1.5 text-pretty text-quiet text-sm">
              Providers are asked what they have in this window, so that events that never arrived are found, too.
            </p>
          </div>
        </>
      ) : (
        <div>
          <ReasonField value={reason} onChange={setReason} example="The same outage hit these, too" />
        </div>
      )}
    </FormDialog>
  );
}

const severities = (Object.keys(SEVERITIES) as IncidentSeverity[]).map((severity) => {
  const { label, response_minutes } = SEVERITIES[severity];
  const response =
    response_minutes === 0 ? "respond at once" : `respond within ${duration(response_minutes * MINUTE_MS)}`;
  return [severity, `${label}, ${response}`] as const;
});

function targetText(target: IncidentTarget): string {
  if (target.kind === "chosen") return plural(target.eventIds.length, "selected event");
  if (target.kind === "run") return `what ${target.reconciliation} found and is still open`;
  return "all events that match the filter";
}
