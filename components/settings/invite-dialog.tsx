"use client";

import { useMutation } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useKnownOrganisations } from "@/lib/client/organisations";
import { inviteStaff } from "@/lib/client/staff";
import type { StaffWithInvitation } from "@/lib/contract/staff";
import type { StaffRole } from "@/lib/contract/vocabulary";
import { FormDialog } from "../forms/form-dialog";
import { draftOf, isComplete, OrganisationsField, organisationsIn } from "../forms/organisations-field";
import { Input } from "../ui/input";
import { RoleChoice } from "./role-choice";

/** E-mail, role and organisations of a new person. The answer holds the link. */
export function InviteDialog({
  own,
  onClose,
  onInvited,
}: {
  /** The organisations of the person who invites. */
  own: readonly string[] | null;
  onClose: () => void;
  onInvited: (invited: StaffWithInvitation) => void;
}) {
  const form = useId();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<StaffRole>("support");
  const [organisations, setOrganisations] = useState(() => draftOf(own));
  const known = useKnownOrganisations();
  const invite = useMutation({
    mutationFn: () => inviteStaff({ email: email.trim(), role, organisations: organisationsIn(organisations) }),
    onSuccess: onInvited,
  });
  return (
    <FormDialog
      title="Invite a person"
      description="You get a link to send to them. It works once, within 3 days."
      action="Create the link"
      doing="Creating the link…"
      testId="invite-confirm"
      ready={isComplete(organisations)}
      pending={invite.isPending}
      error={invite.error}
      onSubmit={() => invite.mutate()}
      onClose={onClose}
    >
      <div>
        <label htmlFor={`${form}-email`} className="mb-1 block font-medium">
          E-mail
        </label>
        <Input
          id={`${form}-email`}
          type="email"
          required
          maxLength={320}
          autoComplete="off"
          data-testid="invite-email"
          placeholder="ada@example.com"
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
      </div>
      <RoleChoice value={role} onChange={setRole} />
      <OrganisationsField value={organisations} own={own} known={known} onChange={setOrganisations} />
    </FormDialog>
  );
}
