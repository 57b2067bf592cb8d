import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { DestinationDesk } from "@/components/destinations/destination-desk";
import { requireStaff } from "@/lib/auth/authorise";
import { mayActor } from "@/lib/auth/permissions";
import { listDestinationDeliveries, readDestination } from "@/lib/queries/destinations";

export async function generateMetadata({ params }: PageProps<"/destinations/[id]">): Promise<Metadata> {
  return { title: `Destination ${(await params).id}` };
}

export default async function DestinationPage({ params }: PageProps<"/destinations/[id]">) {
  const actor = await requireStaff("view");
  const { id } = await params;
  const destination = await readDestination(id);
  if (!destination) notFound();
  const deliveries = await listDestinationDeliveries(id);
  return (
    <DestinationDesk
      key={destination.id}
      initial={destination}
      deliveries={deliveries}
      rights={{ mayOperate: mayActor(actor, "operate"), mayManage: mayActor(actor, "manage") }}
      replayRights={{ mayReplay: mayActor(actor, "replay"), mayReplayMany: mayActor(actor, "replay_many") }}
    />
  );
}
