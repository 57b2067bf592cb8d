import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { InvalidFilter } from "@/components/filters/invalid-filter";
import { KpiPage } from "@/components/kpis/kpi-page";
import { requireStaff } from "@/lib/auth/authorise";
import { kpisQuery } from "@/lib/client/queries/kpis";
import { makeQueryClient } from "@/lib/client/query-client";
import { kpiPageRequest } from "@/lib/contract/api/kpis";
import { readPageQuery } from "@/lib/contract/event-filter";
import { askedKpis, printKpiPeriod } from "@/lib/contract/kpi-period";
import { readKpis } from "@/lib/queries/kpis";

export const metadata: Metadata = { title: "KPIs" };

export default async function KpisPage({ searchParams }: PageProps<"/kpis">) {
  const actor = await requireStaff("view");
  const asked = kpiPageRequest.safeParse(readPageQuery(await searchParams));
  if (!asked.success) {
    const { path, message } = asked.error.issues[0] ?? { path: [], message: "is wrong" };
    const all = { href: "/kpis", words: "Show the last 30 days" };
    return <InvalidFilter field={path.join(".") || "The address"} problem={message} all={all} />;
  }
  const period = asked.data;
  const client = makeQueryClient();
  await client.fetchQuery({ ...kpisQuery(period), queryFn: () => readKpis(askedKpis(period, Date.now()), actor) });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <KpiPage key={printKpiPeriod(period)} period={period} />
    </HydrationBoundary>
  );
}
