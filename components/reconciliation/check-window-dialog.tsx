"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { startReconciliation } from "@/lib/client/reconciliations";
import type { SourceCoverage } from "@/lib/contract/reconciliations";
import { duration, fieldTime, plural } from "../format";
import { CheckboxField } from "../forms/checkbox-field";
import { Field } from "../forms/field";
import { FormDialog } from "../forms/form-dialog";
import { SelectField } from "../forms/select-field";
import { providerName } from "../provider";
import { Button } from "../ui/button";
import type { Rights } from "./rights";
import { sourceKey, sourceName } from "./source-words";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SPANS = [
  ["Last hour", HOUR_MS],
  ["Last 24 hours", DAY_MS],
  ["Last 3 days", 3 * DAY_MS],
  ["Last 7 days", 7 * DAY_MS],
] as const;

/** Asks for a run over a window. It only finds, unless the reader may and wants to back-fill as well. */
export function CheckWindowDialog({
  sources,
  chosen,
  rights,
  onClose,
}: {
  sources: readonly SourceCoverage[];
  chosen: SourceCoverage | undefined;
  rights: Rights;
  onClose: () => void;
}) {
  const router = useRouter();
  const askable = sources.filter(({ credentials }) => credentials?.is_complete);
  const [key, setKey] = useState(sourceKey(chosen ?? askable[0] ?? (sources[0] as SourceCoverage)));
  const source = askable.find((one) => sourceKey(one) === key);
  const [opened] = useState(() => Date.now());
  const [from, setFrom] = useState(() => fieldTime(new Date(opened - DAY_MS).toISOString()));
  const [to, setTo] = useState(() => fieldTime(new Date(opened).toISOString()));
  const [types, setTypes] = useState("");
  const [backFills, setBackFills] = useState(false);
  const start = useMutation({
    mutationFn: (asked: SourceCoverage) => {
      const only = types.split(/[\s,]+/).filter(Boolean);
      return startReconciliation(asked, {
        from_ts: new Date(from).toISOString(),
        to_ts: new Date(to).toISOString(),
        ...(only.length > 0 && { types: only }),
        dry_run: !backFills,
      });
    },
    onSuccess: ({ id }) => {
      router.push(`/reconciliation/${id}`);
      onClose();
    },
  });
  const isInOrder = from !== "" && to !== "" && from < to;
  if (askable.length === 0) return <NoKey onClose={onClose} />;
  return (
    <FormDialog
      title="Check a window"
      description="Asks the provider what it has in this window, and compares it with what is here."
      action={backFills ? "Check and back-fill" : "Check this window"}
      doing="Starting…"
      testId="check-start"
      ready={isInOrder && source !== undefined}
      pending={start.isPending}
      error={start.error}
      before="Nothing was started."
      onSubmit={() => source && start.mutate(source)}
      onClose={onClose}
    >
      <SelectField
        label="Source"
        choices={askable.map((one) => [sourceKey(one), sourceName(one)])}
        value={key}
        onChange={setKey}
      />
      <div>
        <div className="flex flex-wrap gap-1.5 pb-2">
          {SPANS.filter(([, length]) => length <= (source?.horizon_days ?? 7) * DAY_MS).map(([words, length]) => (
            <Button
              key={words}
              size="sm"
              onClick={() => {
                setFrom(fieldTime(new Date(opened - length).toISOString()));
                setTo(fieldTime(new Date(opened).toISOString()));
              }}
            >
              {words}
            </Button>
          ))}
        </div>
        <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
          <Field
            label="From"
            type="datetime-local"
            step={1}
            value={from}
            onChange={(event) => setFrom(event.target.value)}
          />
          <Field
            label="To"
            type="datetime-local"
            step={1}
            value={to}
            problem={isInOrder || from === "" || to === "" ? null : "The end must be later than the beginning."}
            onChange={(event) => setTo(event.target.value)}
          />
        </div>
        {source && <p className="mt-1.5 text-pretty text-quiet text-sm">{limitsText(source)}</p>}
      </div>
      <Field
        label="Event types"
        placeholder="all"
        help="Separated by commas. Empty for all."
        className="[&_input]:font-mono"
        value={types}
        onChange={(event) => setTypes(event.target.value)}
      />
      {rights.replay.mayReplayMany && (
        <CheckboxField
          checked={backFills}
          onChange={setBackFills}
          hint="What is missing is stored and delivered as soon as the run ends. Without it you see what is missing first."
        >
          Also back-fill what is missing
        </CheckboxField>
      )}
    </FormDialog>
  );
}

function limitsText({ provider_slug, wait_seconds, horizon_days }: SourceCoverage): string {
  const name = providerName(provider_slug);
  const wait = `What happened within the last ${duration(wait_seconds * 1_000)} is left out: ${name} may still send it.`;
  return horizon_days === null ? wait : `${name} answers for the last ${plural(horizon_days, "day")}. ${wait}`;
}

function NoKey({ onClose }: { onClose: () => void }) {
  return (
    <FormDialog
      title="Check a window"
      description="No source has an API key yet, so no provider can be asked. Enter one on the card of a source."
      action="Close"
      doing=""
      testId="check-close"
      pending={false}
      error={null}
      onSubmit={onClose}
      onClose={onClose}
    >
      {null}
    </FormDialog>
  );
}
