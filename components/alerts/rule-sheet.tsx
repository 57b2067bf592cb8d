"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { changeAlertRule, createAlertRule } from "@/lib/client/alerts";
import { whenText } from "@/lib/contract/alert-words";
import type { AlertRule } from "@/lib/contract/api/alert-rules";
import { Problem } from "../forms/problem";
import { PermissionGuard } from "../permissions/permission-guard";
import { Button } from "../ui/button";
import { Sheet } from "../ui/sheet";
import { BackTest } from "./back-test";
import { type AlertRights, forbiddenToManage } from "./rights";
import { ChannelChoice } from "./rule-channels";
import { draftOf, isReady, isTestable, newDraft, type RuleDraft, ruleOf, settingsOf, testedOf } from "./rule-draft";
import { RuleFields } from "./rule-fields";

/** Makes or changes a rule, tested against the past before it is saved. */
export function RuleSheet({
  rule,
  rights,
  onDelete,
  onClose,
}: {
  /** Null makes a new one. */
  rule: AlertRule | null;
  rights: AlertRights;
  onDelete: (rule: AlertRule) => void;
  onClose: () => void;
}) {
  const form = useId();
  const client = useQueryClient();
  const [begun] = useState<RuleDraft>(() => (rule ? draftOf(rule) : newDraft("success_rate")));
  const [draft, setDraft] = useState(begun);
  const changed = JSON.stringify(draft) !== JSON.stringify(begun);
  const forbidden = forbiddenToManage(rights);
  const save = useMutation({
    mutationFn: () => {
      const { kind: _, ...change } = ruleOf(draft);
      return rule ? changeAlertRule(rule.id, { ...change, version: rule.version }) : createAlertRule(ruleOf(draft));
    },
    onSuccess: onClose,
    onSettled: () => void client.invalidateQueries({ queryKey: ["alert-rules"] }),
  });
  return (
    <Sheet
      open
      dirty={changed && !save.isPending}
      onOpenChange={(open) => !open && onClose()}
      title={rule ? rule.name : "New rule"}
      description={isTestable(draft) ? whenText(draft.kind, settingsOf(draft)) : "Enter its numbers."}
      footer={
        <div className="flex flex-wrap justify-end gap-2">
          {rule && rule.slug === null && rights.mayManage && (
            <Button variant="ghost" className="mr-auto" data-testid="rule-delete" onClick={() => onDelete(rule)}>
              Delete…
            </Button>
          )}
          <Button onClick={onClose}>{forbidden ? "Close" : "Cancel"}</Button>
          <PermissionGuard forbidden={forbidden}>
            <Button
              type="submit"
              form={form}
              variant="primary"
              data-testid="rule-save"
              disabled={save.isPending || !changed || !isReady(draft)}
            >
              {save.isPending ? "Saving…" : rule ? "Save" : "Create rule"}
            </Button>
          </PermissionGuard>
        </div>
      }
    >
      <form
        id={form}
        className="space-y-5 pt-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (rights.mayManage && changed && isReady(draft) && !save.isPending) save.mutate();
        }}
      >
        <RuleFields draft={draft} isNew={rule === null} onChange={setDraft} />
        <BackTest tested={isTestable(draft) ? testedOf(draft) : null} />
        <ChannelChoice draft={draft} onChange={setDraft} />
        <Problem error={save.error} before={rule ? "The rule was not changed." : "No rule was made."} />
      </form>
    </Sheet>
  );
}
