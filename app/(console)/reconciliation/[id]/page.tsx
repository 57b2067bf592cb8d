import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { RunPage } from "@/components/reconciliation/run-page";
import { requireStaff } from "@/lib/auth/authorise";
import { findingsQuery, reconciliationQuery } from "@/lib/client/queries/reconciliations";
import { makeQueryClient } from "@/lib/client/query-client";
import { FINDINGS_PER_PAGE } from "@/lib/client/reconciliations";
import { FINDING_KINDS } from "@/lib/contract/reconciliations";
import { listFindings } from "@/lib/queries/findings";
import { getReconciliation } from "@/lib/queries/reconciliations";
import { rightsOf } from "../rights";

export async function generateMetadata({ params }: PageProps<"/reconciliation/[id]">): Promise<Metadata> {
  return { title: `Run ${(await params).id}` };
}

export default async function ReconciliationRunPage({ params }: PageProps<"/reconciliation/[id]">) {
  const actor = await requireStaff("view");
  const run = await getReconciliation((await params).id, actor);
  if (!run) notFound();
  const client = makeQueryClient();
  client.setQueryData(reconciliationQuery(run.id).queryKey, run);
  await Promise.all(
    FINDING_KINDS.filter((kind) => run.counts[kind] > 0).map((kind) => {
      const queryFn = () => listFindings(run.id, { kind, limit: FINDINGS_PER_PAGE }, actor);
      return client.fetchInfiniteQuery({ ...findingsQuery(run.id, kind), queryFn });
    }),
  );
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <RunPage key={run.id} id={run.id} rights={rightsOf(actor)} />
    </HydrationBoundary>
  );
}
