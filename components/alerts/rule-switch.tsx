"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { changeAlertRule } from "@/lib/client/alerts";
import type { AlertRule } from "@/lib/contract/api/alert-rules";
import { sayFailed } from "../toasts";
import { cn } from "../ui/cn";
import { Tooltip } from "../ui/tooltip";
import { type AlertRights, forbiddenToManage } from "./rights";

/** Whether a rule is evaluated. Who may not change that can read why. */
export function RuleSwitch({ rule, rights }: { rule: AlertRule; rights: AlertRights }) {
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: () => changeAlertRule(rule.id, { version: rule.version, enabled: !rule.enabled }),
    onError: (error) => void sayFailed(error, "The rule was not changed."),
    onSettled: () => void client.invalidateQueries({ queryKey: ["alert-rules"] }),
  });
  const forbidden = forbiddenToManage(rights);
  const isOn = change.isPending ? !rule.enabled : rule.enabled;
  const button = (
    <button
      type="button"
      role="switch"
      aria-checked={isOn}
      aria-label={`${rule.name}: evaluate this rule`}
      aria-disabled={forbidden !== null || undefined}
      aria-description={forbidden ?? undefined}
      data-testid="rule-switch"
      disabled={change.isPending}
      onClick={() => forbidden === null && change.mutate()}
      className={cn(
        "relative z-1 inline-flex h-4.5 w-8 items-center rounded-full align-middle transition-colors duration-150 aria-disabled:cursor-not-allowed aria-disabled:opacity-60",
        isOn ? "bg-accent" : "bg-line-strong",
      )}
    >
      <span
        aria-hidden="true"
        className={cn(
          "size-3.5 rounded-full bg-page transition-transform duration-150 motion-reduce:transition-none",
          isOn ? "translate-x-4" : "translate-x-0.5",
        )}
      />
    </button>
  );
  return forbidden ? (
    <Tooltip content={forbidden} side="bottom">
      {button}
    </Tooltip>
  ) : (
    button
  );
}
