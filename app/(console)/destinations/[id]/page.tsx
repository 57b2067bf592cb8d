import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { DestinationDetailPage } from "@/components/destinations/destination-detail-page";
import { requireStaff } from "@/lib/auth/authorise";
import { mayActor } from "@/lib/auth/permissions";
import { DELIVERIES_PER_PAGE } from "@/lib/client/destinations";
import { getDestination, listDestinationDeliveries } from "@/lib/queries/destinations";
import { replayPermissions } from "../../permissions";

export async function generateMetadata({ params }: PageProps<"/destinations/[id]">): Promise<Metadata> {
  return { title: `Destination ${(await params).id}` };
}

export default async function DestinationPage({ params }: PageProps<"/destinations/[id]">) {
  const actor = await requireStaff("view");
  const number = Number(/^ds_(\d{1,15})$/.exec((await params).id)?.[1] ?? notFound());
  const [destination, deliveries] = await Promise.all([
    getDestination(number, actor),
    listDestinationDeliveries(number, { limit: DELIVERIES_PER_PAGE }, actor),
  ]);
  if (!destination) notFound();
  return (
    <DestinationDetailPage
      key={destination.id}
      initial={destination}
      deliveries={deliveries}
      rights={{ mayOperate: mayActor(actor, "operate"), mayManage: mayActor(actor, "manage") }}
      replayRights={replayPermissions(actor)}
    />
  );
}
