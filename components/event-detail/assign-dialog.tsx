"use client";

import { useMutation } from "@tanstack/react-query";
import { useId, useState } from "react";
import { assignEvent } from "@/lib/client/event-notes";
import type { EventDetail } from "@/lib/contract/events";
import { FormDialog } from "../forms/form-dialog";
import { Button } from "../ui/button";
import { Input } from "../ui/input";

/** Says who takes care of the event: the reader, another member of the staff, or no one. */
export function AssignDialog({
  event: { id, assignee },
  onClose,
  onAssigned,
}: {
  event: Pick<EventDetail, "id" | "assignee">;
  onClose: () => void;
  onAssigned: () => void;
}) {
  const field = useId();
  const [email, setEmail] = useState(assignee?.assignee ?? "");
  const assign = useMutation({
    mutationFn: (to: string | null) => assignEvent(id, to),
    onSuccess: () => {
      onAssigned();
      onClose();
    },
  });
  return (
    <FormDialog
      title="Assign this event"
      description="Who takes care of it. The change is in the audit log."
      action={email.trim() === "" ? "Assign to no one" : "Assign"}
      doing="Assigning…"
      testId="assign"
      pending={assign.isPending}
      error={assign.error}
      onSubmit={() => assign.mutate(email.trim() || null)}
      onClose={onClose}
    >
      <div>
        <label htmlFor={field} className="mb-1 block text-quiet text-sm">
          E-mail address of a member of the staff; empty for no one
        </label>
        <Input
          id={field}
          type="email"
          value={email}
          data-testid="assignee"
          onChange={(event) => setEmail(event.target.value)}
        />
      </div>
      <Button
        type="button"
        size="sm"
        disabled={assign.isPending}
        data-testid="assign-me"
        onClick={() => assign.mutate("me")}
      >
        Assign to me
      </Button>
    </FormDialog>
  );
}
