import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { AlertTabs } from "@/components/alerts/alert-tabs";
import { ChannelList } from "@/components/channels/channel-list";
import { requireStaff } from "@/lib/auth/authorise";
import { mayActor } from "@/lib/auth/permissions";
import { channelsQuery } from "@/lib/client/queries/channels";
import { makeQueryClient } from "@/lib/client/query-client";
import { listChannels } from "@/lib/queries/channels";

export const metadata: Metadata = { title: "Channels" };

const NOT_ADMIN = "Only an administrator may change channels.";

export default async function ChannelsPage() {
  const actor = await requireStaff("view");
  const client = makeQueryClient();
  await client.fetchQuery({ ...channelsQuery(), queryFn: () => listChannels(actor) });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <AlertTabs />
      <ChannelList forbidden={mayActor(actor, "manage") ? null : NOT_ADMIN} ownOrganisations={actor.organisations} />
    </HydrationBoundary>
  );
}
