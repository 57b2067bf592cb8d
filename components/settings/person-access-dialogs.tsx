"use client";

import { changeStaff, endSessionsOf, linkStaff } from "@/lib/client/staff";
import type { StaffMember, StaffWithInvitation } from "@/lib/contract/staff";
import { plural } from "../format";
import { ConfirmDialog } from "../forms/confirm-dialog";
import { ROLE_LABELS } from "../staff-text";
import { callOf } from "./labels";

/** What the dialog of each action gets. */
export interface PersonDialogProps {
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

export function LinkDialog({ person, onClose, onLinked }: PersonDialogProps) {
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

export function SignOutDialog({ person, onClose, onChanged }: PersonDialogProps) {
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

export function AccessDialog({ person, disable, onClose, onChanged }: PersonDialogProps & { disable: boolean }) {
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
export function tokenText({ active_tokens }: StaffMember, what: string): string {
  if (active_tokens === 0) return "";
  const verb = active_tokens === 1 ? what.replace(/^(stop|work)\b/, "$1s") : what;
  return ` The ${plural(active_tokens, "API token")} they made ${verb}.`;
}
