"use client";

import { useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { Fragment, useState } from "react";
import { deleteAlertRule } from "@/lib/client/alerts";
import { useLiveQuery } from "@/lib/client/live-query";
import { alertRulesQuery } from "@/lib/client/queries/alerts";
import { KIND_GROUPS } from "@/lib/contract/alert-words";
import type { AlertRule } from "@/lib/contract/api/alert-rules";
import { plural } from "../format";
import { ConfirmDialog } from "../forms/confirm-dialog";
import { PermissionGuard } from "../permissions/permission-guard";
import { DataTable } from "../table/data-table";
import { Button } from "../ui/button";
import { type AlertRights, forbiddenToManage } from "./rights";
import { RULE_COLUMNS, RuleRow } from "./rule-row";

const RuleSheet = dynamic(() => import("./rule-sheet").then((module) => module.RuleSheet), { ssr: false });

const READ_EVERY_MS = 15_000;

/** Every rule, by what it is about: when it is bad, how bad that is, and how often it fired. */
export function RuleList({ rights }: { rights: AlertRights }) {
  const client = useQueryClient();
  const [open, setOpen] = useState<AlertRule | "new" | null>(null);
  const [deleted, setDeleted] = useState<AlertRule | null>(null);
  const { data: rules } = useLiveQuery(alertRulesQuery(), { topics: ["alerts"], interval: () => READ_EVERY_MS });
  const off = rules.filter(({ enabled }) => !enabled).length;
  return (
    <>
      <div className="mb-2 flex items-center justify-between gap-4">
        <p className="text-quiet">
          {plural(rules.length, "rule")}
          {off > 0 && `, ${off} off`}. Evaluated once a minute.
        </p>
        <PermissionGuard forbidden={forbiddenToManage(rights)}>
          <Button data-testid="rule-new" onClick={() => setOpen("new")}>
            <Plus /> New rule
          </Button>
        </PermissionGuard>
      </div>
      <DataTable caption="Rules by what they are about" columns={Object.values(RULE_COLUMNS)}>
        {KIND_GROUPS.map(({ name, kinds }) => {
          const own = rules.filter(({ kind }) => kinds.includes(kind));
          return (
            own.length > 0 && (
              <Fragment key={name}>
                <tr className="max-md:block">
                  <th
                    colSpan={Object.keys(RULE_COLUMNS).length}
                    scope="rowgroup"
                    className="border-b px-3 pt-5 pb-1.5 text-left font-medium text-quiet text-sm max-md:block max-md:px-0"
                  >
                    {name}
                  </th>
                </tr>
                {own.map((rule) => (
                  <RuleRow key={rule.id} rule={rule} rights={rights} onOpen={() => setOpen(rule)} />
                ))}
              </Fragment>
            )
          );
        })}
      </DataTable>
      {open && !deleted && (
        <RuleSheet
          rule={open === "new" ? null : open}
          rights={rights}
          onDelete={setDeleted}
          onClose={() => setOpen(null)}
        />
      )}
      {deleted && (
        <ConfirmDialog
          title={`Delete “${deleted.name}”?`}
          description="It is not evaluated any more, and what it fires now is resolved. Its alerts stay in the history."
          action="Delete rule"
          doing="Deleting…"
          final
          run={() => deleteAlertRule(deleted.id)}
          onDone={() => {
            setDeleted(null);
            setOpen(null);
            void client.invalidateQueries({ queryKey: ["alert-rules"] });
          }}
          onClose={() => setDeleted(null)}
        />
      )}
    </>
  );
}
