"use client";

import { useState } from "react";
import { changeStaff } from "@/lib/client/staff";
import type { StaffMember } from "@/lib/contract/staff";
import { plural } from "../format";
import { ConfirmDialog } from "../forms/confirm-dialog";
import { SelectField } from "../forms/select-field";
import { callOf } from "./labels";

const REVOKE = "revoke";

/** Disables a person whose API tokens work. It asks what becomes of the tokens. */
export function DisableDialog({
  person,
  people,
  ownId,
  onClose,
  onChanged,
}: {
  person: StaffMember;
  people: StaffMember[];
  ownId: string;
  onClose: () => void;
  onChanged: (words: string) => void;
}) {
  const [heir, setHeir] = useState("");
  const name = callOf(person);
  const tokens = plural(person.active_tokens, "API token");
  const heirs = people.filter((one) => one.role === "admin" && one.status === "active" && one.id !== person.id);
  const choices = [
    ["", "Choose…"],
    ...heirs.map((one) => [one.id, `Hand over to ${one.id === ownId ? "me" : callOf(one)}`] as const),
    [REVOKE, "Revoke at once, permanently"],
  ] as const;
  return (
    <ConfirmDialog
      title={`Disable ${name}`}
      description={`${name} is signed out everywhere at once and cannot sign in. Running replays continue. You can enable the account again.`}
      action={`Disable ${name}`}
      doing="Disabling…"
      disabled={heir === ""}
      run={() => changeStaff(person.id, { disabled: true, tokens: heir === REVOKE ? REVOKE : { hand_over_to: heir } })}
      onDone={() => onChanged(`${name} is disabled.`)}
      onClose={onClose}
    >
      <div className="space-y-1 pt-1" data-testid="tokens-choice">
        <SelectField
          label={`What happens to the ${tokens} of ${name}`}
          choices={choices}
          value={heir}
          onChange={setHeir}
        />
        <p className="text-pretty text-quiet text-sm">
          The user you choose becomes their owner. The tokens keep their present permissions.
        </p>
      </div>
    </ConfirmDialog>
  );
}
