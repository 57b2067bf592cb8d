"use client";

import { useState } from "react";
import { useKnownOrganisations } from "@/lib/client/organisations";
import { changeStaff } from "@/lib/client/staff";
import { ConfirmDialog } from "../forms/confirm-dialog";
import { draftOf, isComplete, OrganisationsField, organisationsIn } from "../forms/organisations-field";
import { ROLE_LABELS, scopeText } from "../staff-text";
import { DisableDialog } from "./disable-dialog";
import { callOf } from "./labels";
import { AccessDialog, LinkDialog, type PersonDialogProps, SignOutDialog, tokenText } from "./person-access-dialogs";
import type { PersonAction } from "./person-row";
import { RoleChoice } from "./role-choice";

/** The confirmation of each action. */
export function PersonDialog({ action, ...props }: PersonDialogProps & { action: PersonAction }) {
  if (action === "role") return <RoleDialog {...props} />;
  if (action === "organisations") return <OrganisationsDialog {...props} />;
  if (action === "link") return <LinkDialog {...props} />;
  if (action === "sign_out") return <SignOutDialog {...props} />;
  if (action === "disable" && props.person.active_tokens > 0) return <DisableDialog {...props} />;
  return <AccessDialog disable={action === "disable"} {...props} />;
}

function RoleDialog({ person, onClose, onChanged }: PersonDialogProps) {
  const [role, setRole] = useState(person.role);
  const name = callOf(person);
  return (
    <ConfirmDialog
      title={`Change the role of ${name}`}
      description={
        person.status === "invited"
          ? "Takes effect at the first sign-in. The invitation link stays valid."
          : `${name} is signed out everywhere at once. The new role applies at the next sign-in.${tokenText(person, "can do no more than the new role from now on")}`
      }
      action={role === person.role ? "Change role" : `Make ${name} ${ROLE_LABELS[role].label.toLowerCase()}`}
      doing="Changing…"
      disabled={role === person.role}
      run={() => changeStaff(person.id, { role })}
      onDone={() => onChanged(`${name} is ${ROLE_LABELS[role].label.toLowerCase()} now.`)}
      onClose={onClose}
    >
      <div className="pt-1">
        <RoleChoice value={role} onChange={setRole} />
      </div>
    </ConfirmDialog>
  );
}

function OrganisationsDialog({ person, own, onClose, onChanged }: PersonDialogProps) {
  const [draft, setDraft] = useState(() => draftOf(person.organisations));
  const known = useKnownOrganisations();
  const name = callOf(person);
  const organisations = organisationsIn(draft);
  return (
    <ConfirmDialog
      title={`Change the organisations of ${name}`}
      description={
        person.status === "invited"
          ? "Takes effect at the first sign-in. The invitation link stays valid."
          : `${name} is signed out everywhere at once, and then sees these organisations only.${tokenText(person, "can access no more than these from now on")}`
      }
      action="Change organisations"
      doing="Changing…"
      disabled={!isComplete(draft)}
      run={() => changeStaff(person.id, { organisations })}
      onDone={() => onChanged(`${name}: ${scopeText(organisations)}.`)}
      onClose={onClose}
    >
      <div className="pt-1">
        <OrganisationsField value={draft} own={own} known={known} onChange={setDraft} />
      </div>
    </ConfirmDialog>
  );
}
