import type { Metadata } from "next";
import { Overview } from "@/components/overview/overview";
import { overviewAddress } from "@/components/overview/period";
import { requireStaff } from "@/lib/auth/authorise";
import { mayActor } from "@/lib/auth/permissions";
import type { Period } from "@/lib/contract/analytics";
import { analyticsRequest, periodOf } from "@/lib/contract/api/overview";
import { environment } from "@/lib/env";
import { readAnalytics } from "@/lib/queries/analytics";
import { listSources } from "@/lib/queries/sources";

export const metadata: Metadata = { title: "Overview" };

export default async function OverviewPage({ searchParams }: PageProps<"/">) {
  const actor = await requireStaff("view");
  const period = periodIn(await searchParams);
  const initial = await readAnalytics(period, actor);
  const origin = environment().PUBLIC_URL?.replace(/\/+$/, "") ?? "";
  return (
    <Overview
      key={overviewAddress(period)}
      period={period}
      initial={initial}
      sources={initial.events_stored ? [] : await listSources(origin, actor)}
      maySend={mayActor(actor, "operate")}
    />
  );
}

/** What the address asks for. An address that makes no sense shows the last day. */
function periodIn(asked: Record<string, string | string[] | undefined>): Period {
  const parsed = analyticsRequest.safeParse(asked);
  return parsed.success ? periodOf(parsed.data) : { range: "24h" };
}
