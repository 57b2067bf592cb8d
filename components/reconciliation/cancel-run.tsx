"use client";

import { useMutation } from "@tanstack/react-query";
import { Square } from "lucide-react";
import { cancelReconciliation } from "@/lib/client/reconciliations";
import type { Reconciliation } from "@/lib/contract/reconciliations";
import { PermissionGuard } from "../permissions/permission-guard";
import { sayFailed } from "../toasts";
import { Button } from "../ui/button";

/** Ends a run. What it found so far remains, so it does not ask. */
export function CancelRun({
  run,
  forbidden,
  onCancelled,
}: {
  run: Reconciliation;
  forbidden: string | null;
  onCancelled: () => void;
}) {
  const cancel = useMutation({
    mutationFn: () => cancelReconciliation(run.id),
    onError: (error) => void sayFailed(error),
    onSettled: onCancelled,
  });
  return (
    <PermissionGuard forbidden={forbidden}>
      <Button data-testid="cancel-run" disabled={cancel.isPending} onClick={() => cancel.mutate()}>
        <Square /> {cancel.isPending ? "Cancelling…" : "Cancel"}
      </Button>
    </PermissionGuard>
  );
}
