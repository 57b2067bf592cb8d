"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Zap } from "lucide-react";
import { tryNow } from "@/lib/client/destinations";
import { useMayOperate } from "../permissions/may-operate";
import { PermissionGuard } from "../permissions/permission-guard";
import { sayDone, sayFailed } from "../toasts";
import { Button, type ButtonProps } from "../ui/button";

const VIEWER = "Viewers cannot make changes. Ask an administrator for the Support role.";

/** Sends the next waiting delivery through an open circuit. `all`: waiting retries follow as soon as it succeeds. */
export function TryNowButton({
  destinationId,
  all = false,
  label = "Try now",
  onTried,
  ...button
}: {
  destinationId: string;
  all?: boolean;
  label?: string;
  onTried?: () => void;
} & Pick<ButtonProps, "size" | "variant">) {
  const client = useQueryClient();
  const mayOperate = useMayOperate();
  const trying = useMutation({
    mutationFn: () => tryNow(destinationId, all),
    onSuccess: ({ name, health }) =>
      sayDone(
        health.waiting > 0
          ? `One delivery goes to ${name} now. The others follow when it succeeds.`
          : `The next delivery is let through to ${name} at once.`,
      ),
    onError: (error) => sayFailed(error),
    onSettled: () => {
      onTried?.();
      void client.invalidateQueries();
    },
  });
  return (
    <PermissionGuard forbidden={mayOperate ? null : VIEWER}>
      <Button {...button} data-testid="try-now" disabled={trying.isPending} onClick={() => trying.mutate()}>
        <Zap /> {trying.isPending ? "Trying…" : label}
      </Button>
    </PermissionGuard>
  );
}
