import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { ReplayDetailPage } from "@/components/replays/replay-detail-page";
import { requireStaff } from "@/lib/auth/authorise";
import { replayItemsQuery, replayQuery } from "@/lib/client/queries/replays";
import { makeQueryClient } from "@/lib/client/query-client";
import { ITEMS_PER_PAGE } from "@/lib/client/replays";
import { replayItemsRequest } from "@/lib/contract/api/replay-requests";
import { getReplay, listReplayItems, summariseReplay } from "@/lib/queries/replays";
import { replayPermissions } from "../../permissions";

export async function generateMetadata({ params }: PageProps<"/replays/[id]">): Promise<Metadata> {
  return { title: `Replay ${(await params).id}` };
}

export default async function ReplayPage({ params, searchParams }: PageProps<"/replays/[id]">) {
  const actor = await requireStaff("view");
  const replay = await getReplay((await params).id, actor);
  if (!replay) notFound();
  // An unknown outcome shows everything, under a heading that says so.
  const asked = replayItemsRequest.shape.outcome.safeParse((await searchParams).outcome);
  const outcome = asked.success ? asked.data : undefined;
  const client = makeQueryClient();
  const queryFn = () => listReplayItems(replay.id, { outcome, limit: ITEMS_PER_PAGE }, actor);
  const [summary] = await Promise.all([
    summariseReplay(replay.id, actor),
    client.fetchInfiniteQuery({ ...replayItemsQuery(replay.id, outcome), queryFn }),
  ]);
  client.setQueryData(replayQuery(replay.id).queryKey, { ...replay, summary });
  const rights = replayPermissions(actor);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <ReplayDetailPage key={replay.id} id={replay.id} {...{ outcome, rights }} />
    </HydrationBoundary>
  );
}
