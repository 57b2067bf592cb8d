"use client";

import { useMutation } from "@tanstack/react-query";
import { useId, useState } from "react";
import { noteIncident } from "@/lib/client/incidents";
import type { Incident } from "@/lib/contract/incident-words";
import { Problem } from "../forms/problem";
import { PermissionGuard } from "../permissions/permission-guard";
import { Button } from "../ui/button";
import { Textarea } from "../ui/input";
import { forbiddenToHandle, type IncidentRights } from "./rights";

/** Writes a note into the timeline. Ctrl+Enter sends it. */
export function NoteForm({
  incident,
  rights,
  onWritten,
}: {
  incident: Incident;
  rights: IncidentRights;
  onWritten: () => void;
}) {
  const id = useId();
  const [text, setText] = useState("");
  const write = useMutation({
    mutationFn: () => noteIncident(incident.id, text.trim()),
    onSuccess: () => {
      setText("");
      onWritten();
    },
  });
  const ready = text.trim() !== "" && !write.isPending;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) write.mutate();
      }}
    >
      <label htmlFor={id} className="mb-1 block font-medium">
        Note
      </label>
      <Textarea
        id={id}
        data-testid="note-text"
        maxLength={4000}
        value={text}
        disabled={!rights.mayHandle}
        placeholder="Called the merchant. They see no duplicates. OPS-4711"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && ready) write.mutate();
        }}
      />
      <div className="mt-1.5 flex items-center justify-between gap-3">
        <p className="text-quiet text-sm">Visible to all who may see the incident. It cannot be changed later.</p>
        <PermissionGuard forbidden={forbiddenToHandle(rights)}>
          <Button type="submit" size="sm" data-testid="note-send" disabled={!ready}>
            {write.isPending ? "Adding…" : "Add note"}
          </Button>
        </PermissionGuard>
      </div>
      <Problem error={write.error} before="The note was not added." />
    </form>
  );
}
