import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { GroupList } from "@/components/dead-letters/group-list";
import { requireStaff } from "@/lib/auth/authorise";
import { deadLettersQuery } from "@/lib/client/queries/dead-letters";
import { makeQueryClient } from "@/lib/client/query-client";
import { listDeadLetterGroups } from "@/lib/queries/dead-letters";
import { replayPermissions } from "../permissions";

export const metadata: Metadata = { title: "Dead letters" };

export default async function DeadLettersPage() {
  const actor = await requireStaff("view");
  const rights = replayPermissions(actor);
  const client = makeQueryClient();
  await client.fetchQuery({ ...deadLettersQuery(), queryFn: () => listDeadLetterGroups(actor) });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <GroupList rights={rights} />
    </HydrationBoundary>
  );
}
