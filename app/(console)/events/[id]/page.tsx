import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { EventDesk } from "@/components/event/event-desk";
import { requireStaff } from "@/lib/auth/authorise";
import { mayActor } from "@/lib/auth/permissions";
import { getEvent } from "@/lib/queries/events";

export async function generateMetadata({ params }: PageProps<"/events/[id]">): Promise<Metadata> {
  return { title: `Event ${(await params).id}` };
}

export default async function EventPage({ params }: PageProps<"/events/[id]">) {
  const actor = await requireStaff("view");
  const event = await getEvent((await params).id);
  if (!event) notFound();
  return <EventDesk key={event.id} initial={event} mayReplay={mayActor(actor, "replay")} />;
}
