"use client";

import { useState } from "react";
import { useKnownOrganisations } from "@/lib/client/organisations";
import { changeStaff, endSessionsOf, linkStaff } from "@/lib/client/staff";
import type { StaffMember, StaffWithInvitation } from "@/lib/contract/staff";
import { plural } from "../format";
import { ConfirmDialog } from "../forms/confirm-dialog";
import { draftOf, isComplete, OrganisationsField, organisationsIn } from "../forms/organisations-field";
import { ROLE_LABELS, scopeText } from "../staff-text";
import { DisableDialog } from "./disable-dialog";
import { callOf } from "./labels";
import type { PersonAction } from "./person-row";
import { RoleChoice } from "./role-choice";

interface Props {
  person: StaffMember;
  /** Everyone, to choose who takes something over; `ownId` is the signed-in person. */
  people: StaffMember[];
  ownId: string;
  /** The organisations of the signed-in person. */
  own: readonly string[] | null;
  onClose: () => void;
  /** The text for a toast. */
  onChanged: (words: string) => void;
  onLinked: (linked: StaffWithInvitation) => void;
}

/** The confirmation of each action. */
export function PersonDialog({ action, ...props }: Props & { action: PersonAction }) {
  if (action === "role") return <RoleDialog {...props} />;
  if (action === "organisations") return <OrganisationsDialog {...props} />;
  if (action === "link") return <LinkDialog {...props} />;
  if (action === "sign_out") return <SignOutDialog {...props} />;
  if (action === "disable" && props.person.active_tokens > 0) return <DisableDialog {...props} />;
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

function LinkDialog({ person, onClose, onLinked }: Props) {
  const isInvited = person.status === "invited";
  const name = callOf(person);
  return (
    <ConfirmDialog
      title={isInvited ? `New invitation link for ${name}` : `New password link for ${name}`}
      description={
        isInvited
          ? "The previous link stops working."
          : `With this link ${name} sets a new password. The current one works until then. Open sessions end when it is set.`
      }
      action="Create the link"
      doing="Making…"
      run={() => linkStaff(person.id)}
      onDone={onLinked}
      onClose={onClose}
    />
  );
}

function SignOutDialog({ person, onClose, onChanged }: Props) {
  const name = callOf(person);
  return (
    <ConfirmDialog
      title={`Sign ${name} out everywhere`}
      description={`Every open session of ${name} ends at once. The password and API tokens stay valid.`}
      action="Sign out everywhere"
      doing="Signing out…"
      run={() => endSessionsOf(person.id)}
      onDone={(ended) =>
        onChanged(ended === 0 ? `${name} had no open session.` : `${name}: ${plural(ended, "session")} ended.`)
      }
      onClose={onClose}
    />
  );
}

function AccessDialog({ person, disable, onClose, onChanged }: Props & { disable: boolean }) {
  const name = callOf(person);
  const isInvited = person.status === "invited";
  const says = !disable
    ? `${name} can sign in again as ${ROLE_LABELS[person.role].label.toLowerCase()}.${tokenText(person, "work again")}`
    : isInvited
      ? "The invitation link stops working at once."
      : `${name} is signed out everywhere at once and cannot sign in. Running replays continue. You can enable the account again.`;
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
function tokenText({ active_tokens }: StaffMember, what: string): string {
  if (active_tokens === 0) return "";
  const verb = active_tokens === 1 ? what.replace(/^(stop|work)\b/, "$1s") : what;
  return ` The ${plural(active_tokens, "API token")} they made ${verb}.`;
}
