import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { RetentionList } from "@/components/settings/retention-list";
import { requireStaff } from "@/lib/auth/authorise";
import { retentionQuery } from "@/lib/client/queries/settings";
import { makeQueryClient } from "@/lib/client/query-client";
import { getRetention } from "@/lib/queries/retention";

export const metadata: Metadata = { title: "Retention" };

export default async function RetentionPage() {
  const actor = await requireStaff("manage");
  const client = makeQueryClient();
  await client.fetchQuery({ ...retentionQuery(), queryFn: () => getRetention(actor) });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <RetentionList ownOrganisations={actor.organisations} />
    </HydrationBoundary>
  );
}
