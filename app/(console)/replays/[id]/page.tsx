import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { ReplayDetailPage } from "@/components/replays/replay-detail-page";
import { requireStaff } from "@/lib/auth/authorise";
import { mayActor } from "@/lib/auth/permissions";
import { ITEMS_PER_PAGE } from "@/lib/client/replays";
import { replayItemsRequest } from "@/lib/contract/api/replay-requests";
import { getReplay, listReplayItems, summariseReplay } from "@/lib/queries/replays";

export async function generateMetadata({ params }: PageProps<"/replays/[id]">): Promise<Metadata> {
  return { title: `Replay ${(await params).id}` };
}

export default async function ReplayPage({ params, searchParams }: PageProps<"/replays/[id]">) {
  const actor = await requireStaff("view");
  const replay = await getReplay((await params).id, actor);
  if (!replay) notFound();
  // An outcome that is none shows everything, under a heading that says so.
  const asked = replayItemsRequest.shape.outcome.safeParse((await searchParams).outcome);
  const outcome = asked.success ? asked.data : undefined;
  const [summary, items] = await Promise.all([
    summariseReplay(replay.id, actor),
    listReplayItems(replay.id, { outcome, limit: ITEMS_PER_PAGE }, actor),
  ]);
  const rights = { mayReplay: mayActor(actor, "replay"), mayReplayMany: mayActor(actor, "replay_many") };
  return <ReplayDetailPage key={replay.id} initial={{ ...replay, summary }} {...{ items, outcome, rights }} />;
}
