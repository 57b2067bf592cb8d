import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { ActiveSilences } from "@/components/alerts/active-silences";
import { AlertBoard } from "@/components/alerts/alert-board";
import { AlertFilterBar } from "@/components/alerts/alert-filter-bar";
import { AlertHistory } from "@/components/alerts/alert-history";
import { AlertTabs } from "@/components/alerts/alert-tabs";
import { InvalidFilter } from "@/components/filters/invalid-filter";
import { requireStaff } from "@/lib/auth/authorise";
import { alertHistoryQuery, FIRING_SHOWN, firingAlertsQuery, silencesQuery } from "@/lib/client/queries/alerts";
import { makeQueryClient } from "@/lib/client/query-client";
import { printAlertFilter } from "@/lib/contract/alert-words";
import { listAlertsRequest } from "@/lib/contract/api/alerts";
import { readPageQuery } from "@/lib/contract/event-filter";
import { listAlerts, listSilences } from "@/lib/queries/alerts";
import { rightsOf } from "./rights";

export const metadata: Metadata = { title: "Alerts" };

export default async function AlertsPage({ searchParams }: PageProps<"/alerts">) {
  const actor = await requireStaff("view");
  const query = listAlertsRequest.omit({ state: true, limit: true }).safeParse(readPageQuery(await searchParams));
  if (!query.success) {
    const issue = query.error.issues[0];
    return (
      <InvalidFilter
        field={issue?.path[0]?.toString() ?? "The address"}
        problem={issue?.message ?? "is wrong"}
        all={{ href: "/alerts", words: "Show all alerts" }}
      />
    );
  }
  const { cursor, ...filter } = query.data;
  const client = makeQueryClient();
  const firing = () => listAlerts({ ...filter, state: "firing", limit: FIRING_SHOWN }, actor);
  const over = () => listAlerts({ ...query.data, state: "resolved", limit: 50 }, actor);
  const [rights] = await Promise.all([
    rightsOf(actor),
    client.fetchQuery({ ...alertHistoryQuery({ ...filter, cursor }), queryFn: over }),
    cursor === undefined && client.fetchQuery({ ...firingAlertsQuery(filter), queryFn: firing }),
    cursor === undefined && client.fetchQuery({ ...silencesQuery(), queryFn: () => listSilences(actor) }),
  ]);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <AlertTabs />
      <AlertFilterBar filter={filter} />
      {cursor === undefined && <AlertBoard key={printAlertFilter(filter)} {...{ filter, rights }} />}
      {cursor === undefined && <ActiveSilences rights={rights} />}
      <AlertHistory key={printAlertFilter({ ...filter, cursor })} {...{ filter, cursor }} />
    </HydrationBoundary>
  );
}
