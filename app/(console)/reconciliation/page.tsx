import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { CoveragePage } from "@/components/reconciliation/coverage-page";
import { requireStaff } from "@/lib/auth/authorise";
import { coverageQuery, reconciliationListQuery } from "@/lib/client/queries/reconciliations";
import { makeQueryClient } from "@/lib/client/query-client";
import { listCoverage } from "@/lib/queries/coverage";
import { listReconciliations } from "@/lib/queries/reconciliations";
import { rightsOf } from "./rights";

export const metadata: Metadata = { title: "Reconciliation" };

const NEWEST = { limit: 50 };

export default async function ReconciliationPage() {
  const actor = await requireStaff("view");
  const client = makeQueryClient();
  await Promise.all([
    client.fetchQuery({ ...coverageQuery(), queryFn: () => listCoverage(actor) }),
    client.fetchQuery({ ...reconciliationListQuery({}), queryFn: () => listReconciliations({}, NEWEST, actor) }),
  ]);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <CoveragePage rights={rightsOf(actor)} />
    </HydrationBoundary>
  );
}
