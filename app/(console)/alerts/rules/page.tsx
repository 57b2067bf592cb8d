import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { AlertTabs } from "@/components/alerts/alert-tabs";
import { RuleList } from "@/components/alerts/rule-list";
import { requireStaff } from "@/lib/auth/authorise";
import { alertRulesQuery } from "@/lib/client/queries/alerts";
import { makeQueryClient } from "@/lib/client/query-client";
import { listAlertRules } from "@/lib/queries/alerts";
import { rightsOf } from "../rights";

export const metadata: Metadata = { title: "Rules of alerts" };

export default async function AlertRulesPage() {
  const actor = await requireStaff("view");
  const client = makeQueryClient();
  const [rights] = await Promise.all([
    rightsOf(actor),
    client.fetchQuery({ ...alertRulesQuery(), queryFn: () => listAlertRules(actor) }),
  ]);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <AlertTabs />
      <RuleList rights={rights} />
    </HydrationBoundary>
  );
}
