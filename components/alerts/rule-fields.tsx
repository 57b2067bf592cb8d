import { ALERT_KIND, type AlertKind } from "@/lib/contract/alert-kinds";
import { KIND_GROUPS } from "@/lib/contract/alert-words";
import { type IncidentSeverity, SEVERITIES } from "@/lib/contract/incidents";
import { Field } from "../forms/field";
import { NumberField } from "../forms/number-field";
import { SelectField } from "../forms/select-field";
import { isNeeded, namesOf, newDraft, type RuleDraft, type SettingName } from "./rule-draft";
import { RuleSubjects } from "./rule-subjects";

const severities = (Object.keys(SEVERITIES) as IncidentSeverity[]).map((one) => [one, SEVERITIES[one].label] as const);
const kinds = KIND_GROUPS.flatMap((group) => group.kinds).map((kind) => [kind, ALERT_KIND[kind].label] as const);

type Change = (draft: RuleDraft) => void;

/** What a rule watches, when it is bad, how bad that is, and how patient it is. */
export function RuleFields({ draft, isNew, onChange }: { draft: RuleDraft; isNew: boolean; onChange: Change }) {
  const { subjects } = ALERT_KIND[draft.kind];
  const set = (part: Partial<RuleDraft>) => onChange({ ...draft, ...part });
  return (
    <>
      <Field
        label="Name"
        data-testid="rule-name"
        maxLength={120}
        value={draft.name}
        placeholder="Stripe fails too often"
        onChange={(event) => set({ name: event.target.value })}
      />
      <Grid>
        {isNew && (
          <SelectField
            strong
            label="Kind"
            choices={kinds}
            value={draft.kind}
            onChange={(kind) => onChange({ ...newDraft(kind as AlertKind, draft.name), severity: draft.severity })}
          />
        )}
        <SelectField
          strong
          label="Severity"
          choices={severities}
          value={draft.severity}
          onChange={(severity) => set({ severity: severity as IncidentSeverity })}
        />
      </Grid>
      <Grid>
        {namesOf(draft.kind).map((name) => (
          <SettingField key={name} name={name} draft={draft} onChange={onChange} />
        ))}
      </Grid>
      {subjects.length > 0 && <RuleSubjects draft={draft} subjects={subjects} onChange={onChange} />}
      <div className="grid grid-cols-3 gap-3 max-sm:grid-cols-1">
        <NumberField
          label="Fires after"
          unit="min bad"
          least={1}
          value={draft.bad_evaluations}
          onChange={(bad_evaluations) => set({ bad_evaluations })}
        />
        <NumberField
          label="Resolves after"
          unit="min well"
          value={draft.hold_minutes}
          onChange={(hold_minutes) => set({ hold_minutes })}
        />
        <NumberField
          label="Told again every"
          unit="h"
          value={draft.repeat_hours}
          onChange={(repeat_hours) => set({ repeat_hours })}
        />
      </div>
    </>
  );
}

const SETTINGS: Record<SettingName, { label: string; unit?: string }> = {
  threshold: { label: "Threshold" },
  window_minutes: { label: "Window", unit: "minutes" },
  at_least: { label: "Only with at least" },
};

function SettingField({ name, draft, onChange }: { name: SettingName; draft: RuleDraft; onChange: Change }) {
  const { label, unit } = SETTINGS[name];
  return (
    <NumberField
      label={label}
      unit={name === "threshold" ? ALERT_KIND[draft.kind].unit : unit}
      testId={`rule-${name}`}
      placeholder={isNeeded(draft.kind, name) ? undefined : "Learnt"}
      value={draft.settings[name] ?? ""}
      onChange={(value) => onChange({ ...draft, settings: { ...draft.settings, [name]: value } })}
    />
  );
}

function Grid({ children }: { children: React.ReactNode }) {
  return <div className="grid grid-cols-2 items-end gap-3 max-sm:grid-cols-1">{children}</div>;
}
