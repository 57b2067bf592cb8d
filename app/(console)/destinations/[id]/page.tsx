import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { DestinationDetailPage } from "@/components/destinations/destination-detail-page";
import { requireStaff } from "@/lib/auth/authorise";
import { mayActor } from "@/lib/auth/permissions";
import { DELIVERIES_PER_PAGE } from "@/lib/client/destinations";
import { destinationDeliveriesQuery, destinationQuery } from "@/lib/client/queries/destinations";
import { makeQueryClient } from "@/lib/client/query-client";
import { parseFullId } from "@/lib/contract/ids";
import { getDestination, listDestinationDeliveries } from "@/lib/queries/destinations";
import { replayPermissions } from "../../permissions";

export async function generateMetadata({ params }: PageProps<"/destinations/[id]">): Promise<Metadata> {
  return { title: `Destination ${(await params).id}` };
}

export default async function DestinationPage({ params }: PageProps<"/destinations/[id]">) {
  const actor = await requireStaff("view");
  const number = parseFullId("destination", (await params).id) ?? notFound();
  const client = makeQueryClient();
  const queryFn = () => listDestinationDeliveries(number, { limit: DELIVERIES_PER_PAGE }, actor);
  const [destination] = await Promise.all([
    getDestination(number, actor),
    client.fetchInfiniteQuery({ ...destinationDeliveriesQuery(`ds_${number}`), queryFn }),
  ]);
  if (!destination) notFound();
  client.setQueryData(destinationQuery(destination.id).queryKey, destination);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <DestinationDetailPage
        key={destination.id}
        id={destination.id}
        rights={{ mayOperate: mayActor(actor, "operate"), mayManage: mayActor(actor, "manage") }}
        replayRights={replayPermissions(actor)}
      />
    </HydrationBoundary>
  );
}
