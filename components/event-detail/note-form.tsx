"use client";

import { useMutation } from "@tanstack/react-query";
import { useId, useState } from "react";
import { addNote } from "@/lib/client/event-notes";
import { Problem } from "../forms/problem";
import { PermissionGuard } from "../permissions/permission-guard";
import { MAY_NOT_RESOLVE } from "../permissions/replay-permissions";
import { Button } from "../ui/button";
import { Textarea } from "../ui/input";

const LONGEST_NOTE = 4_000;

/** Adds a note to the event's timeline, for other members of the staff. */
export function NoteForm({ eventId, mayNote, onAdded }: { eventId: string; mayNote: boolean; onAdded: () => void }) {
  const id = useId();
  const [message, setMessage] = useState("");
  const add = useMutation({
    mutationFn: () => addNote(eventId, message.trim()),
    onSuccess: () => {
      setMessage("");
      onAdded();
    },
  });
  const isReady = message.trim() !== "" && !add.isPending;
  return (
    <form
      className="pl-7"
      onSubmit={(event) => {
        event.preventDefault();
        if (mayNote && isReady) add.mutate();
      }}
    >
      <label htmlFor={id} className="sr-only">
        Note
      </label>
      <Textarea
        id={id}
        rows={2}
        maxLength={LONGEST_NOTE}
        value={message}
        placeholder="Add a note, for example ABC-123"
        data-testid="note"
        onChange={(event) => setMessage(event.target.value)}
      />
      <div className="mt-2">
        <PermissionGuard forbidden={mayNote ? null : MAY_NOT_RESOLVE}>
          <Button type="submit" size="sm" disabled={!isReady} data-testid="add-note">
            {add.isPending ? "Adding…" : "Add note"}
          </Button>
        </PermissionGuard>
      </div>
      <Problem error={add.error} before="The note was not added." />
    </form>
  );
}
