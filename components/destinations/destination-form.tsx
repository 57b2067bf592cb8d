import type { ReactNode } from "react";
import type { ApiError } from "@/lib/client/request";
import type { Destination } from "@/lib/contract/destinations";
import { PROVIDERS } from "@/lib/contract/providers";
import { LIVEMODE_CHOICE, type LivemodeChoice } from "@/lib/contract/vocabulary";
import { Field } from "../forms/field";
import { SelectField, type SelectOptions } from "../forms/select-field";
import { providerName } from "../provider";
import { type FormValues, scheduleIn } from "./form-values";
import { HeaderFields } from "./header-fields";
import { OrderingChoice } from "./ordering-choice";
import { scheduleSpan, scheduleText } from "./schedule";
import { TypeChips } from "./type-chips";
import { UrlField } from "./url-field";

const FROM: SelectOptions = [
  ["platform", "Our own platform"],
  ["*", "Every provider"],
  ...PROVIDERS.filter(({ secretsVariable }) => secretsVariable !== null).map(({ slug, label }): [string, string] => [
    slug,
    label,
  ]),
];

const MODES = (Object.keys(LIVEMODE_CHOICE) as LivemodeChoice[])
  .toReversed()
  .map((choice) => [choice, LIVEMODE_CHOICE[choice].label] as const);

/** Every setting of a destination, the most important first. */
export function DestinationForm({
  values,
  before,
  problem,
  onChange,
}: {
  values: FormValues;
  before: Destination | null;
  problem: ApiError | null;
  onChange: (part: Partial<FormValues>) => void;
}) {
  const schedule = scheduleIn(values);
  const wrong = (field: string) =>
    problem?.field === field || problem?.field?.startsWith(`${field}.`) ? problem.message : null;
  return (
    <>
      <Part title="Where">
        <Field
          label="Name"
          required
          maxLength={120}
          data-testid="destination-name"
          placeholder="Acme checkout"
          value={values.name}
          problem={wrong("name")}
          onChange={(event) => onChange({ name: event.target.value })}
        />
        <UrlField
          value={values.url}
          before={before?.url ?? null}
          organisation={values.organisation}
          signed={(before?.secrets.length ?? 0) > 0}
          problem={wrong("url")}
          onChange={(url) => onChange({ url })}
        />
      </Part>
      <Part title="What">
        <div className="grid grid-cols-2 gap-3 max-md:grid-cols-1">
          <Field
            label="Organisation"
            className="[&_input]:font-mono"
            data-testid="destination-organisation"
            placeholder="org_merchant123"
            value={values.organisation}
            problem={wrong("organisation_id")}
            help="Only its events go there. Leave it empty for every organisation."
            onChange={(event) => onChange({ organisation: event.target.value })}
          />
          <div className="[&_label]:font-medium [&_label]:text-base [&_label]:text-ink">
            <SelectField
              label="Events from"
              choices={sendersWith(values.providers)}
              value={values.providers}
              onChange={(providers) => onChange({ providers })}
            />
            {wrong("providers") && <p className="mt-1 text-red text-sm">{wrong("providers")}</p>}
          </div>
        </div>
        <SelectField
          label="Mode"
          choices={MODES}
          value={values.livemode}
          onChange={(livemode) => onChange({ livemode: livemode as LivemodeChoice })}
        />
        <TypeChips value={values.types} problem={wrong("event_types")} onChange={(types) => onChange({ types })} />
      </Part>
      <Part title="How">
        <div>
          <h4 className="mb-1 font-medium">Order</h4>
          <OrderingChoice value={values.ordering} onChange={(ordering) => onChange({ ordering })} />
        </div>
        <div>
          <h4 className="mb-1 font-medium">Retries</h4>
          <div className="grid grid-cols-3 gap-3">
            <Field
              {...number(1, 50)}
              label="Attempts"
              value={values.attempts}
              problem={wrong("max_attempts")}
              onChange={(event) => onChange({ attempts: event.target.value })}
            />
            <Field
              {...number(0.001, 86_400, "any")}
              label="First pause"
              unit="s"
              value={values.firstPauseSeconds}
              problem={wrong("base_delay_ms")}
              onChange={(event) => onChange({ firstPauseSeconds: event.target.value })}
            />
            <Field
              {...number(1, 10, "any")}
              label="Then times"
              value={values.factor}
              problem={wrong("backoff_factor")}
              onChange={(event) => onChange({ factor: event.target.value })}
            />
          </div>
          <p className="mt-1.5 text-quiet text-sm" aria-live="polite" data-testid="schedule-words">
            {schedule
              ? `${scheduleText(schedule)}${schedule.max_attempts > 1 ? ` Dead about ${scheduleSpan(schedule)} after the first failure.` : ""}`
              : "Enter the number of attempts and the pauses between them."}
          </p>
        </div>
        <div className="grid grid-cols-3 gap-3 max-md:grid-cols-2">
          <Field
            {...number(0.1, 30, "any")}
            label="Timeout"
            unit="s"
            value={values.timeoutSeconds}
            problem={wrong("timeout_ms")}
            help="At most 30 s."
            onChange={(event) => onChange({ timeoutSeconds: event.target.value })}
          />
          <Field
            {...number(0.001, 1000, "any")}
            label="Rate"
            unit="a second"
            required={false}
            placeholder="no limit"
            value={values.rate}
            problem={wrong("rate_per_second")}
            help="It also limits how fast held deliveries are released."
            onChange={(event) => onChange({ rate: event.target.value })}
          />
          <Field
            {...number(1, 1000)}
            label="At a time"
            unit="requests"
            value={values.concurrency}
            problem={wrong("max_concurrency")}
            onChange={(event) => onChange({ concurrency: event.target.value })}
          />
        </div>
        <HeaderFields value={values.headers} problem={wrong("headers")} onChange={(headers) => onChange({ headers })} />
      </Part>
    </>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="space-y-4 border-b py-4 last:border-b-0">
      <h3 className="text-faint text-sm">{title}</h3>
      {children}
    </section>
  );
}

function number(min: number, max: number, step: number | "any" = 1) {
  return { type: "number", inputMode: "decimal", required: true, min, max, step } as const;
}

/** A combination that the API allows but the list lacks is kept as it is. */
function sendersWith(current: string): SelectOptions {
  if (FROM.some(([value]) => value === current)) return FROM;
  return [...FROM, [current, current.split(",").map(providerName).join(", ")]];
}
