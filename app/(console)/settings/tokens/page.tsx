import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { TokenList } from "@/components/settings/token-list";
import { requireStaff } from "@/lib/auth/authorise";
import { tokensQuery } from "@/lib/client/queries/settings";
import { makeQueryClient } from "@/lib/client/query-client";
import { listApiTokens } from "@/lib/queries/api-tokens";

export const metadata: Metadata = { title: "API tokens" };

export default async function TokensPage() {
  const actor = await requireStaff("manage");
  const client = makeQueryClient();
  await client.fetchQuery({ ...tokensQuery(), queryFn: () => listApiTokens(actor) });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <TokenList ownOrganisations={actor.organisations} />
    </HydrationBoundary>
  );
}
