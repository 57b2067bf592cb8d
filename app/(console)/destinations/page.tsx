import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { DestinationList } from "@/components/destinations/destination-list";
import { InvalidFilter } from "@/components/filters/invalid-filter";
import { requireStaff } from "@/lib/auth/authorise";
import { mayActor } from "@/lib/auth/permissions";
import { destinationListQuery } from "@/lib/client/queries/destinations";
import { makeQueryClient } from "@/lib/client/query-client";
import { destinationFilterRequest } from "@/lib/contract/api/destination-filter";
import { readPageQuery } from "@/lib/contract/event-filter";
import { listDestinations } from "@/lib/queries/destinations";

export const metadata: Metadata = { title: "Destinations" };

export default async function DestinationsPage({ searchParams }: PageProps<"/destinations">) {
  const actor = await requireStaff("view");
  const filter = destinationFilterRequest.safeParse(readPageQuery(await searchParams));
  if (!filter.success) {
    const issue = filter.error.issues[0];
    return (
      <InvalidFilter
        field={issue?.path[0]?.toString() ?? "The address"}
        problem={issue?.message ?? "is wrong"}
        all={{ href: "/destinations", words: "Show all destinations" }}
      />
    );
  }
  const rights = { mayOperate: mayActor(actor, "operate"), mayManage: mayActor(actor, "manage") };
  const client = makeQueryClient();
  await client.fetchQuery({ ...destinationListQuery(), queryFn: () => listDestinations(actor) });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <DestinationList filter={filter.data} rights={rights} />
    </HydrationBoundary>
  );
}
