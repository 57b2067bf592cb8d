import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { InvalidFilter } from "@/components/filters/invalid-filter";
import { overviewAddress } from "@/components/links";
import { Overview } from "@/components/overview/overview";
import { requireStaff } from "@/lib/auth/authorise";
import { mayActor } from "@/lib/auth/permissions";
import { sendCommand } from "@/lib/boot/send-command";
import { FIRING_SHOWN, firingAlertsQuery } from "@/lib/client/queries/alerts";
import { analyticsQuery } from "@/lib/client/queries/overview";
import { sourcesQuery } from "@/lib/client/queries/sources";
import { makeQueryClient } from "@/lib/client/query-client";
import { analyticsRequest, periodOf } from "@/lib/contract/api/overview";
import { environment } from "@/lib/env";
import { listAlerts } from "@/lib/queries/alerts";
import { readAnalytics } from "@/lib/queries/analytics";
import { listSources } from "@/lib/queries/sources";

export const metadata: Metadata = { title: "Overview" };

export default async function OverviewPage({ searchParams }: PageProps<"/">) {
  const actor = await requireStaff("view");
  const asked = analyticsRequest.safeParse(await searchParams);
  if (!asked.success) {
    const { path, message } = asked.error.issues[0] ?? { path: [], message: "is wrong" };
    const all = { href: "/", words: "Show the last 24 hours" };
    return <InvalidFilter field={path.join(".") || "The address"} problem={message} all={all} />;
  }
  const period = periodOf(asked.data);
  const client = makeQueryClient();
  const queryFn = () => readAnalytics(period, actor);
  const firing = () => listAlerts({ state: "firing", limit: FIRING_SHOWN }, actor);
  const [{ events_stored }] = await Promise.all([
    client.fetchQuery({ ...analyticsQuery(period), queryFn }),
    client.fetchQuery({ ...firingAlertsQuery(), queryFn: firing }),
  ]);
  const origin = environment().PUBLIC_URL?.replace(/\/+$/, "") ?? "";
  if (!events_stored) await client.fetchQuery({ ...sourcesQuery(), queryFn: () => listSources(origin, actor) });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <Overview
        key={overviewAddress(period)}
        period={period}
        maySend={mayActor(actor, "operate")}
        mayHandle={mayActor(actor, "alert")}
        sendCommand={sendCommand()}
      />
    </HydrationBoundary>
  );
}
