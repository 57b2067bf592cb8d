import type { Metadata } from "next";
import { InvalidFilter } from "@/components/filters/invalid-filter";
import { Overview } from "@/components/overview/overview";
import { overviewAddress } from "@/components/overview/period";
import { requireStaff } from "@/lib/auth/authorise";
import { mayActor } from "@/lib/auth/permissions";
import { sendCommand } from "@/lib/boot/send-command";
import { analyticsRequest, periodOf } from "@/lib/contract/api/overview";
import { environment } from "@/lib/env";
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
  const initial = await readAnalytics(period, actor);
  const origin = environment().PUBLIC_URL?.replace(/\/+$/, "") ?? "";
  return (
    <Overview
      key={overviewAddress(period)}
      period={period}
      initial={initial}
      sources={initial.events_stored ? [] : await listSources(origin, actor)}
      maySend={mayActor(actor, "operate")}
      sendCommand={sendCommand()}
    />
  );
}
