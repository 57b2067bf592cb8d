import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { EventDetailPage } from "@/components/event-detail/event-detail-page";
import { requireStaff } from "@/lib/auth/authorise";
import { mayActor } from "@/lib/auth/permissions";
import { eventQuery } from "@/lib/client/queries/events";
import { makeQueryClient } from "@/lib/client/query-client";
import { eventFilterSchema, readQuery } from "@/lib/contract/event-filter";
import { printEventFilter } from "@/lib/contract/print-filter";
import { findProvider } from "@/lib/providers";
import { getEvent } from "@/lib/queries/events";

export async function generateMetadata({ params }: PageProps<"/events/[id]">): Promise<Metadata> {
  return { title: `Event ${(await params).id}` };
}

/** `in` is the printed filter of the history that the reader came from. It decides which events are newer and older. */
export default async function EventPage({ params, searchParams }: PageProps<"/events/[id]">) {
  const actor = await requireStaff("view");
  const event = await getEvent((await params).id, actor);
  if (!event) notFound();
  const within = printedFilter((await searchParams).in);
  const client = makeQueryClient();
  client.setQueryData(eventQuery(event.id).queryKey, event);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <EventDetailPage
        key={event.id}
        id={event.id}
        within={within}
        mayReplay={mayActor(actor, "replay")}
        mayResolve={mayActor(actor, "resolve")}
        mayCheck={mayActor(actor, "reconcile") && findProvider(event.provider_slug)?.api?.get !== undefined}
      />
    </HydrationBoundary>
  );
}

/** An invalid filter means the whole history: the event itself was requested. */
function printedFilter(within: string | string[] | undefined): string {
  const filter = eventFilterSchema.safeParse(readQuery(new URLSearchParams([within ?? ""].flat()[0])));
  return filter.success ? printEventFilter(filter.data) : "";
}
