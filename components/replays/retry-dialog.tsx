"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { type ReplayDetail, retryFailures } from "@/lib/client/replays";
import { ERROR_CLASS } from "@/lib/contract/error-classes";
import type { ErrorClass } from "@/lib/contract/vocabulary";
import { plural } from "../format";
import { FormDialog } from "../forms/form-dialog";
import { ReasonField, SHORTEST_REASON } from "../forms/reason-field";
import { SelectField, type SelectOptions } from "../forms/select-field";

export type Failure = ReplayDetail["summary"]["failures"][number];

export interface FailureGroup {
  error_class: ErrorClass | null;
  count: number;
  kinds: Failure[];
}

const TRIES: SelectOptions = [
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
  return (
    <FormDialog
      title={`Retry ${size}`}
      description={
        group.error_class
          ? `They failed with “${ERROR_CLASS[group.error_class].label}”. Unless that is fixed, they will fail again.`
          : "The received bytes are delivered again, unchanged."
      }
      action={`Retry ${size}`}
      doing="Starting…"
      testId="retry-confirm"
      ready={reason.trim().length >= SHORTEST_REASON}
      pending={retry.isPending}
      error={retry.error}
      before="Nothing was started."
      onSubmit={() => retry.mutate()}
      onClose={onClose}
    >
      {waiting > 0 && (
        <p className="text-quiet">
          {plural(waiting, "delivery", "deliveries")} that waited for an earlier one will run with them.
        </p>
      )}
      <SelectField label="Try each" choices={TRIES} value={tries} onChange={setTries} />
      <div>
        <ReasonField value={reason} onChange={setReason} />
      </div>
    </FormDialog>
  );
}
