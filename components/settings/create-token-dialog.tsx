"use client";

import { useMutation } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useKnownOrganisations } from "@/lib/client/organisations";
import { createToken } from "@/lib/client/staff";
import { SCOPE_NAMES, type Scope } from "@/lib/contract/scopes";
import type { NewApiToken } from "@/lib/contract/staff";
import { CheckboxField } from "../forms/checkbox-field";
import { FormDialog } from "../forms/form-dialog";
import { draftOf, isComplete, OrganisationsField, organisationsIn } from "../forms/organisations-field";
import { SelectField } from "../forms/select-field";
import { Input } from "../ui/input";
import { SCOPE_LABELS } from "./labels";

const LIVES = [
  ["7", "7 days"],
  ["30", "30 days"],
  ["90", "90 days"],
  ["180", "6 months"],
  ["365", "A year"],
] as const;

/** Name, scopes and expiry of a new token. The answer holds the token. */
export function CreateTokenDialog({
  own,
  onClose,
  onCreated,
}: {
  /** The organisations of the person who creates it. */
  own: readonly string[] | null;
  onClose: () => void;
  onCreated: (created: NewApiToken) => void;
}) {
  const form = useId();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<Scope[]>(["events:read"]);
  const [days, setDays] = useState("90");
  const [organisations, setOrganisations] = useState(() => draftOf(own));
  const known = useKnownOrganisations();
  const create = useMutation({
    mutationFn: () =>
      createToken({
        name: name.trim(),
        scopes,
        expires_in_days: Number(days),
        organisations: organisationsIn(organisations),
      }),
    onSuccess: onCreated,
  });
  return (
    <FormDialog
      title="Create an API token"
      description="API tokens let programs call Redrive. A token can only do what you select here."
      action="Create token"
      doing="Creating…"
      testId="token-confirm"
      ready={scopes.length > 0 && isComplete(organisations)}
      pending={create.isPending}
      error={create.error}
      onSubmit={() => create.mutate()}
      onClose={onClose}
    >
      <div>
        <label htmlFor={`${form}-name`} className="mb-1 block font-medium">
          Name
        </label>
        <Input
          id={`${form}-name`}
          required
          maxLength={100}
          autoComplete="off"
          data-testid="token-name"
          placeholder="What uses it, for example billing monitor"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </div>
      <fieldset>
        <legend className="mb-1.5 font-medium">It may</legend>
        <div className="space-y-2">
          {SCOPE_NAMES.map((scope) => (
            <CheckboxField
              key={scope}
              checked={scopes.includes(scope)}
              hint={SCOPE_LABELS[scope].may}
              onChange={(on) => setScopes(SCOPE_NAMES.filter((one) => (one === scope ? on : scopes.includes(one))))}
            >
              {SCOPE_LABELS[scope].label}
              <span className="ml-1.5 font-mono text-faint text-sm">{scope}</span>
            </CheckboxField>
          ))}
        </div>
      </fieldset>
      <OrganisationsField value={organisations} own={own} known={known} onChange={setOrganisations} />
      <div className="w-40">
        <SelectField label="Expires after" choices={LIVES} value={days} onChange={setDays} />
      </div>
    </FormDialog>
  );
}
