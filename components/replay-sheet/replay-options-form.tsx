import type { AskedOptions } from "@/lib/client/replays";
import { CheckboxField } from "../forms/checkbox-field";
import { SelectField } from "../forms/select-field";
import { LaterField, nextOffPeak } from "./later-field";
import { NotifyField } from "./notify-field";
import { PAUSES, RATES, ROUTES, THRESHOLDS, TRIALS, TRIES, WHEN } from "./replay-option-choices";

/** How the replay runs. `single` hides options that only make sense for several events. */
export function ReplayOptionsForm({
  options,
  single,
  onChange,
}: {
  options: AskedOptions;
  single: boolean;
  onChange: (part: AskedOptions) => void;
}) {
  const later = options.immediate === false;
  return (
    <>
      <div className="grid grid-cols-3 gap-3 max-md:grid-cols-2">
        <SelectField
          label="Start"
          choices={WHEN}
          value={later ? "later" : "now"}
          onChange={(when) => onChange(when === "now" ? NOW : { immediate: false, scheduledAt: nextOffPeak() })}
        />
        {!single && (
          <>
            <SelectField
              label="Speed"
              choices={RATES}
              value={String(options.ratePerSecond ?? "full")}
              onChange={(rate) => onChange({ ratePerSecond: numberIn(rate) })}
            />
            <SelectField
              label="Try first"
              choices={TRIALS}
              value={String(options.canary ?? 0)}
              onChange={(first) => onChange({ canary: numberIn(first) })}
            />
            <SelectField
              label="Stop automatically if"
              choices={THRESHOLDS}
              value={String(options.stopOnFailureRate ?? "never")}
              onChange={(rate) => onChange({ stopOnFailureRate: numberIn(rate) })}
            />
            <SelectField
              label="Pause"
              choices={PAUSES}
              value={String(options.delayBetweenBatches ?? 0)}
              onChange={(pause) => onChange({ delayBetweenBatches: numberIn(pause) })}
            />
          </>
        )}
        <SelectField
          label="Retry what fails"
          choices={TRIES}
          value={options.retryFailedEvents === false ? "none" : String(options.maxRetries ?? "usual")}
          onChange={(tries) => onChange({ retryFailedEvents: tries !== "none", maxRetries: numberIn(tries) })}
        />
        <SelectField
          label="Deliver to"
          choices={ROUTES}
          value={options.destinations ?? "original"}
          onChange={(destinations) => onChange({ destinations: destinations as AskedOptions["destinations"] })}
        />
      </div>
      {later && <LaterField value={options.scheduledAt} onChange={(scheduledAt) => onChange({ scheduledAt })} />}
      <div className="mt-3 space-y-2">
        {!single && (
          <CheckboxField
            checked={options.preserveOriginalOrder ?? false}
            onChange={(preserveOriginalOrder) => onChange({ preserveOriginalOrder })}
            hint="Oldest first, one at a time for each object. Events after a failure are skipped."
          >
            Keep the original order
          </CheckboxField>
        )}
        <CheckboxField
          checked={options.skipAlreadyApplied ?? !single}
          onChange={(skipAlreadyApplied) => onChange({ skipAlreadyApplied })}
          hint="If off, endpoints also receive events they already accepted, possibly out of order."
        >
          Skip already delivered events
        </CheckboxField>
      </div>
      <NotifyField options={options} onChange={onChange} />
    </>
  );
}

const NOW = { immediate: true, scheduledAt: undefined } satisfies AskedOptions;

/** Undefined for the choice that is a word, which leaves the option unset. */
function numberIn(choice: string): number | undefined {
  return Number.isNaN(Number(choice)) ? undefined : Number(choice);
}
