"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type FormEvent, useId, useState } from "react";
import { type ReplayDetail, retryFailures } from "@/lib/client/replays";
import { ApiError } from "@/lib/client/request";
import { ERROR_CLASS } from "@/lib/contract/vocabulary";
import { plural } from "../format";
import { Button } from "../ui/button";
import { Dialog, DialogClose, DialogContent } from "../ui/dialog";
import { Choice, type Choices } from "./choice";
import type { FailureGroup } from "./failure-groups";
import { ReasonField, SHORTEST_REASON } from "./reason-field";

const TRIES: Choices = [
  ["1", "Once"],
  ["2", "Twice"],
  ["4", "Four times"],
];

/** Retries one class of failures as a new replay, with a reason of its own. */
export function RetryDialog({
  replay,
  group,
  onClose,
}: {
  replay: ReplayDetail;
  group: FailureGroup;
  onClose: () => void;
}) {
  const form = useId();
  const router = useRouter();
  const [reason, setReason] = useState("");
  const [tries, setTries] = useState("1");
  const retry = useMutation({
    mutationFn: () =>
      retryFailures(replay.id, {
        ...(group.error_class && { classes: [group.error_class] }),
        tries: Number(tries),
        reason: reason.trim(),
      }),
    onSuccess: (id) => {
      onClose();
      router.push(`/replays/${id}`);
    },
  });
  const waiting = replay.summary.skip_reasons.predecessor_failed ?? 0;
  const size = plural(group.count, "delivery", "deliveries");
  function submit(event: FormEvent) {
    event.preventDefault();
    if (reason.trim().length >= SHORTEST_REASON) retry.mutate();
  }
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={`Retry ${size}`}
        description={
          group.error_class
            ? `They failed with “${ERROR_CLASS[group.error_class].label}”. Unless that is fixed, they will fail again.`
            : "The received bytes are delivered again, unchanged."
        }
        footer={
          <>
            <DialogClose asChild>
              <Button>Cancel</Button>
            </DialogClose>
            <Button
              type="submit"
              form={form}
              variant="primary"
              data-testid="retry-confirm"
              disabled={retry.isPending || reason.trim().length < SHORTEST_REASON}
            >
              {retry.isPending ? "Starting…" : `Retry ${size}`}
            </Button>
          </>
        }
      >
        <form id={form} onSubmit={submit} className="space-y-4 pt-1">
          {waiting > 0 && (
            <p className="text-quiet">
              {plural(waiting, "delivery", "deliveries")} that waited for an earlier one will run with them.
            </p>
          )}
          <Choice label="Try each" choices={TRIES} value={tries} onChange={setTries} />
          <div>
            <ReasonField value={reason} onChange={setReason} />
          </div>
          {retry.error && (
            <p role="alert" className="rounded-md bg-tint px-3 py-2 text-red">
              Nothing was started. {retry.error.message}
              {retry.error instanceof ApiError && retry.error.requestId && ` Request ${retry.error.requestId}.`}
            </p>
          )}
        </form>
      </DialogContent>
    </Dialog>
  );
}
