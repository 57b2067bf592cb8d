import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { InvalidFilter } from "@/components/filters/invalid-filter";
import { ReplayFilterBar } from "@/components/replays/replay-filter-bar";
import { ReplayList } from "@/components/replays/replay-list";
import { requireStaff } from "@/lib/auth/authorise";
import { replayListQuery } from "@/lib/client/queries/replays";
import { makeQueryClient } from "@/lib/client/query-client";
import { listReplaysRequest } from "@/lib/contract/api/replay-requests";
import { readPageQuery } from "@/lib/contract/event-filter";
import { printReplayFilter } from "@/lib/contract/replay-filter";
import { listReplays } from "@/lib/queries/replays";

export const metadata: Metadata = { title: "Replays" };

export default async function ReplaysPage({ searchParams }: PageProps<"/replays">) {
  const actor = await requireStaff("view");
  const query = listReplaysRequest.safeParse(readPageQuery(await searchParams));
  if (!query.success) {
    const issue = query.error.issues[0];
    return (
      <InvalidFilter
        field={issue?.path[0]?.toString() ?? "The address"}
        problem={issue?.message ?? "is wrong"}
        all={{ href: "/replays", words: "Show all replays" }}
      />
    );
  }
  const { limit, cursor, ...filter } = query.data;
  const client = makeQueryClient();
  const queryFn = () => listReplays(filter, { limit, cursor }, actor);
  await client.fetchQuery({ ...replayListQuery({ ...filter, cursor }), queryFn });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <ReplayFilterBar filter={filter} />
      <ReplayList key={printReplayFilter({ ...filter, cursor })} {...{ filter, cursor }} />
    </HydrationBoundary>
  );
}
