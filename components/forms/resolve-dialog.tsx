"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { resolveEvents } from "@/lib/client/events";
import { ALL } from "@/lib/client/queries/all";
import { loadToast } from "@/lib/client/toaster";
import { plural } from "../format";
import { FormDialog } from "./form-dialog";
import { ReasonField, SHORTEST_REASON } from "./reason-field";

/** Marks failed or dead events as handled by a person, with the reason. Nothing is delivered. */
export function ResolveDialog({
  eventIds: found,
  problem,
  note,
  onClose,
  onResolved,
}: {
  /** Undefined while they are loading. */
  eventIds: string[] | undefined;
  /** The error when they could not be loaded. */
  problem?: Error | null;
  /** Further information about these events. */
  note?: string;
  onClose: () => void;
  onResolved: () => void;
}) {
  const eventIds = found ?? [];
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const resolve = useMutation({
    mutationFn: () => resolveEvents(eventIds, reason.trim()),
    onSuccess: async ({ resolved, not_resolved }) => {
      onClose();
      onResolved();
      void client.invalidateQueries({ queryKey: ALL.events });
      const toast = await loadToast();
      const others =
        not_resolved > 0 ? ` ${not_resolved} ${not_resolved === 1 ? "was" : "were"} not failed or dead.` : "";
      toast.success(`${plural(resolved, "event")} marked resolved.${others}`);
    },
  });
  const size = found ? plural(found.length, "event") : "events";
  return (
    <FormDialog
      title={`Mark ${size} resolved`}
      description="Use this for events that were handled outside Redrive. Nothing is delivered, pending retries are cancelled, and only failed or dead events are marked."
      action={`Mark ${size} resolved`}
      doing="Marking…"
      testId="resolve-confirm"
      ready={eventIds.length > 0 && reason.trim().length >= SHORTEST_REASON}
      pending={resolve.isPending}
      error={resolve.error ?? problem ?? null}
      onSubmit={() => resolve.mutate()}
      onClose={onClose}
    >
      {note && <p className="text-pretty text-quiet">{note}</p>}
      <div>
        <ReasonField value={reason} onChange={setReason} example="Refunded by hand, ticket 4711" />
      </div>
    </FormDialog>
  );
}
