"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { inviteStaff } from "@/lib/client/staff";
import type { StaffWithInvitation } from "@/lib/contract/staff";
import type { StaffRole } from "@/lib/contract/vocabulary";
import { Problem } from "../problem";
import { Button } from "../ui/button";
import { Dialog, DialogClose, DialogContent } from "../ui/dialog";
import { Input } from "../ui/input";
import { RoleChoice } from "./role-choice";

/** E-mail and role of a new person. What comes back holds the link. */
export function InviteDialog({
  onClose,
  onInvited,
}: {
  onClose: () => void;
  onInvited: (invited: StaffWithInvitation) => void;
}) {
  const form = useId();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<StaffRole>("support");
  const invite = useMutation({ mutationFn: () => inviteStaff(email.trim(), role), onSuccess: onInvited });
  function submit(event: FormEvent) {
    event.preventDefault();
    invite.mutate();
  }
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title="Invite a person"
        description="You get a link to send them. It works once, within three days."
        footer={
          <>
            <DialogClose asChild>
              <Button>Cancel</Button>
            </DialogClose>
            <Button
              type="submit"
              form={form}
              variant="primary"
              data-testid="invite-confirm"
              disabled={invite.isPending}
            >
              {invite.isPending ? "Making the link…" : "Make the link"}
            </Button>
          </>
        }
      >
        <form id={form} onSubmit={submit} className="space-y-4 pt-1">
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
          <Problem error={invite.error} before="" />
        </form>
      </DialogContent>
    </Dialog>
  );
}
