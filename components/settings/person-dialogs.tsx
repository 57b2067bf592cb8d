"use client";

import { useState } from "react";
import { useKnownOrganisations } from "@/lib/client/organisations";
import { changeStaff, linkStaff } from "@/lib/client/staff";
import type { StaffMember, StaffWithInvitation } from "@/lib/contract/staff";
import { ConfirmDialog } from "../confirm-dialog";
import { plural } from "../format";
import { draftOf, isComplete, OrganisationsField, organisationsIn } from "./organisations-field";
import type { PersonAction } from "./person-row";
import { RoleChoice } from "./role-choice";
import { callOf, ROLE_WORDS, scopeWords } from "./words";

interface Props {
  person: StaffMember;
  /** The organisations of whoever changes something. */
  own: readonly string[] | null;
  onClose: () => void;
  /** What happened, for a toast. */
  onChanged: (words: string) => void;
  onLinked: (linked: StaffWithInvitation) => void;
}

/** What each action asks before it is done. */
export function PersonDialog({ action, ...props }: Props & { action: PersonAction }) {
  if (action === "role") return <RoleDialog {...props} />;
  if (action === "organisations") return <OrganisationsDialog {...props} />;
  if (action === "link") return <LinkDialog {...props} />;
  return <AccessDialog disable={action === "disable"} {...props} />;
}

function RoleDialog({ person, onClose, onChanged }: Props) {
  const [role, setRole] = useState(person.role);
  const name = callOf(person);
  return (
    <ConfirmDialog
      title={`Change the role of ${name}`}
      description={
        person.status === "invited"
          ? "It counts from the first sign-in on. The link that was sent stays good."
          : `${name} is signed out everywhere at once and signs in again with the new role.${tokenWords(person, "may from now on do no more than the new role")}`
      }
      action={role === person.role ? "Change role" : `Make ${name} ${ROLE_WORDS[role].label.toLowerCase()}`}
      doing="Changing…"
      disabled={role === person.role}
      run={() => changeStaff(person.id, { role })}
      onDone={() => onChanged(`${name} is ${ROLE_WORDS[role].label.toLowerCase()} now.`)}
      onClose={onClose}
    >
      <div className="pt-1">
        <RoleChoice value={role} onChange={setRole} />
      </div>
    </ConfirmDialog>
  );
}

function OrganisationsDialog({ person, own, onClose, onChanged }: Props) {
  const [draft, setDraft] = useState(() => draftOf(person.organisations));
  const known = useKnownOrganisations();
  const name = callOf(person);
  const organisations = organisationsIn(draft);
  return (
    <ConfirmDialog
      title={`Change the organisations of ${name}`}
      description={
        person.status === "invited"
          ? "It counts from the first sign-in on. The link that was sent stays good."
          : `${name} is signed out everywhere at once, and from then on sees these organisations only.${tokenWords(person, "may from now on reach no more than these")}`
      }
      action="Change organisations"
      doing="Changing…"
      disabled={!isComplete(draft)}
      run={() => changeStaff(person.id, { organisations })}
      onDone={() => onChanged(`${name}: ${scopeWords(organisations)}.`)}
      onClose={onClose}
    >
      <div className="pt-1">
        <OrganisationsField value={draft} own={own} known={known} onChange={setDraft} />
      </div>
    </ConfirmDialog>
  );
}

function LinkDialog({ person, onClose, onLinked }: Props) {
  const isInvited = person.status === "invited";
  const name = callOf(person);
  return (
    <ConfirmDialog
      title={isInvited ? `New invitation link for ${name}` : `New password link for ${name}`}
      description={
        isInvited
          ? "The link that was sent before stops working."
          : `With this link ${name} sets a new password. The present one works until then; open sessions end with it.`
      }
      action="Make the link"
      doing="Making…"
      run={() => linkStaff(person.id)}
      onDone={onLinked}
      onClose={onClose}
    />
  );
}

function AccessDialog({ person, disable, onClose, onChanged }: Props & { disable: boolean }) {
  const name = callOf(person);
  const isInvited = person.status === "invited";
  const says = !disable
    ? `${name} can sign in again as ${ROLE_WORDS[person.role].label.toLowerCase()}.${tokenWords(person, "work again")}`
    : isInvited
      ? "The link that was sent stops working at once."
      : `${name} is signed out everywhere at once and cannot sign in.${tokenWords(person, "stop working")} Replays under way go on. You can enable the account again.`;
  return (
    <ConfirmDialog
      title={!disable ? `Enable ${name}` : isInvited ? `Withdraw the invitation of ${name}` : `Disable ${name}`}
      description={says}
      action={!disable ? `Enable ${name}` : isInvited ? "Withdraw invitation" : `Disable ${name}`}
      doing={disable ? "Disabling…" : "Enabling…"}
      run={() => changeStaff(person.id, { disabled: disable })}
      onDone={() => onChanged(disable ? `${name} is disabled.` : `${name} is enabled again.`)}
      onClose={onClose}
    />
  );
}

/** ` The 3 API tokens they made stop working.`; nothing without tokens. */
function tokenWords({ active_tokens }: StaffMember, what: string): string {
  if (active_tokens === 0) return "";
  const verb = active_tokens === 1 ? what.replace(/^(stop|work)\b/, "$1s") : what;
  return ` The ${plural(active_tokens, "API token")} they made ${verb}.`;
}
