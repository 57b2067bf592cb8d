"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { resolveEvents } from "@/lib/client/events";
import { keys } from "@/lib/client/keys";
import { ApiError } from "@/lib/client/request";
import { loadToast } from "@/lib/client/toaster";
import { plural } from "../format";
import { ReasonField, SHORTEST_REASON } from "../replays/reason-field";
import { Button } from "../ui/button";
import { Dialog, DialogClose, DialogContent } from "../ui/dialog";

/** Marks failed or dead events as handled by a person, with the reason. Nothing is delivered. */
export function ResolveDialog({
  eventIds: found,
  problem,
  note,
  onClose,
  onResolved,
}: {
  /** Undefined while they are being looked up. */
  eventIds: string[] | undefined;
  /** Why they could not be looked up. */
  problem?: Error | null;
  /** What else to know about these. */
  note?: string;
  onClose: () => void;
  onResolved: () => void;
}) {
  const form = useId();
  const eventIds = found ?? [];
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const resolve = useMutation({
    mutationFn: () => resolveEvents(eventIds, reason.trim()),
    onSuccess: async ({ resolved, not_resolved }) => {
      onClose();
      onResolved();
      void client.invalidateQueries({ queryKey: keys.events("").slice(0, 1) });
      const toast = await loadToast();
      const others =
        not_resolved > 0 ? ` ${not_resolved} ${not_resolved === 1 ? "was" : "were"} not failed or dead.` : "";
      toast.success(`${plural(resolved, "event")} marked resolved.${others}`);
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    if (ready) resolve.mutate();
  }
  const ready = eventIds.length > 0 && reason.trim().length >= SHORTEST_REASON;
  const size = found ? plural(found.length, "event") : "events";
  const error = resolve.error ?? problem;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={`Mark ${size} resolved`}
        description="For what was handled outside of Redrive. Nothing is delivered, waiting retries end, and only failed or dead events are marked."
        footer={
          <>
            <DialogClose asChild>
              <Button>Cancel</Button>
            </DialogClose>
            <Button
              type="submit"
              form={form}
              variant="primary"
              data-testid="resolve-confirm"
              disabled={resolve.isPending || !ready}
            >
              {resolve.isPending ? "Marking…" : `Mark ${size} resolved`}
            </Button>
          </>
        }
      >
        <form id={form} onSubmit={submit} className="pt-1">
          {note && <p className="mb-3 text-pretty text-quiet">{note}</p>}
          <ReasonField value={reason} onChange={setReason} example="Refunded by hand, ticket 4711" />
          {error && (
            <p role="alert" className="mt-3 rounded-md bg-tint px-3 py-2 text-red">
              {error.message}
              {error instanceof ApiError && error.requestId && ` Request ${error.requestId}.`}
            </p>
          )}
        </form>
      </DialogContent>
    </Dialog>
  );
}
