"use client";

import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { useKnownOrganisations } from "@/lib/client/organisations";
import { destinationListQuery } from "@/lib/client/queries/destinations";
import type { Subject } from "@/lib/contract/alert-kinds";
import { PROVIDERS } from "@/lib/contract/providers";
import { Field } from "../forms/field";
import { SelectField } from "../forms/select-field";
import type { RuleDraft } from "./rule-draft";

const providers = [["", "Every provider"] as const, ...PROVIDERS.map(({ slug, label }) => [slug, label] as const)];

/** What a rule is limited to. Organisations are suggested, because there may be thousands; an empty field is all. */
export function RuleSubjects({
  draft,
  subjects,
  onChange,
}: {
  draft: RuleDraft;
  subjects: readonly Subject[];
  onChange: (draft: RuleDraft) => void;
}) {
  const id = useId();
  const organisations = useKnownOrganisations();
  const has = (name: Subject) => subjects.includes(name);
  const set = (name: Subject) => (value: string) =>
    onChange({ ...draft, subject: { ...draft.subject, [name]: value } });
  return (
    <fieldset>
      <legend className="mb-1 font-medium">Only about</legend>
      <div className="grid grid-cols-2 items-end gap-3 max-sm:grid-cols-1">
        {has("provider_slug") && (
          <SelectField
            strong
            label="Provider"
            choices={providers}
            value={draft.subject.provider_slug}
            onChange={set("provider_slug")}
          />
        )}
        {has("event_type") && (
          <Field
            label="Event type"
            maxLength={200}
            placeholder="Any, or invoice.payment_failed"
            value={draft.subject.event_type}
            onChange={({ target }) => set("event_type")(target.value)}
          />
        )}
        {has("org_id") && (
          <Field
            label="Organisation"
            maxLength={255}
            data-testid="rule-organisation"
            placeholder={organisations[0] ? `Any, or ${organisations[0]}` : "Any"}
            list={`${id}-organisations`}
            value={draft.subject.org_id}
            onChange={({ target }) => set("org_id")(target.value)}
          />
        )}
        {has("destination_id") && (
          <DestinationSelect value={draft.subject.destination_id} onChange={set("destination_id")} />
        )}
      </div>
      <datalist id={`${id}-organisations`}>
        {organisations.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
    </fieldset>
  );
}

function DestinationSelect({ value, onChange }: { value: string; onChange: (id: string) => void }) {
  const destinations = useQuery(destinationListQuery()).data ?? [];
  const known = destinations.map(({ id, name }) => [id, name] as const);
  // Until they are known, and for one that was deleted.
  const own = value && !destinations.some(({ id }) => id === value) ? [[value, value] as const] : [];
  return (
    <SelectField
      strong
      label="Destination"
      choices={[["", "Every destination"], ...known, ...own]}
      value={value}
      onChange={onChange}
    />
  );
}
