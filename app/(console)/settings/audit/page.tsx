import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { InvalidFilter } from "@/components/filters/invalid-filter";
import { AuditFilterBar } from "@/components/settings/audit-filter-bar";
import { AuditList } from "@/components/settings/audit-list";
import { requireStaff } from "@/lib/auth/authorise";
import { auditQuery } from "@/lib/client/queries/settings";
import { makeQueryClient } from "@/lib/client/query-client";
import { auditRequest } from "@/lib/contract/api/audit";
import { printAuditFilter } from "@/lib/contract/audit-filter";
import { readPageQuery } from "@/lib/contract/event-filter";
import { listActionChoices, listActions } from "@/lib/queries/audit";

export const metadata: Metadata = { title: "Audit log" };

export default async function AuditPage({ searchParams }: PageProps<"/settings/audit">) {
  const actor = await requireStaff("manage");
  const query = auditRequest.safeParse(readPageQuery(await searchParams));
  if (!query.success) {
    const issue = query.error.issues[0];
    return (
      <InvalidFilter
        field={issue?.path[0]?.toString() ?? "The address"}
        problem={issue?.message ?? "is wrong"}
        all={{ href: "/settings/audit", words: "Show the whole log" }}
      />
    );
  }
  const { limit, cursor, ...filter } = query.data;
  const client = makeQueryClient();
  const queryFn = () => listActions(filter, { limit, cursor }, actor);
  const [choices] = await Promise.all([
    listActionChoices(actor),
    client.fetchQuery({ ...auditQuery({ ...filter, cursor }), queryFn }),
  ]);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <AuditFilterBar filter={filter} choices={choices} />
      <AuditList key={printAuditFilter({ ...filter, cursor })} {...{ filter, cursor }} />
    </HydrationBoundary>
  );
}
