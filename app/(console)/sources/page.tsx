import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { MAY_NOT_SEND } from "@/components/endpoints/secret-state";
import { SourceList } from "@/components/sources/source-list";
import { WrongAddresses } from "@/components/sources/wrong-addresses";
import { requireStaff } from "@/lib/auth/authorise";
import { mayActor } from "@/lib/auth/permissions";
import { sourcesQuery } from "@/lib/client/queries/sources";
import { makeQueryClient } from "@/lib/client/query-client";
import { environment } from "@/lib/env";
import { listSources, listWrongAddresses } from "@/lib/queries/sources";

export const metadata: Metadata = { title: "Sources" };

const NOT_ADMIN = "Only an administrator may change sources.";

export default async function SourcesPage() {
  const actor = await requireStaff("view");
  // Without a configured URL the browser adds its own origin.
  const origin = environment().PUBLIC_URL?.replace(/\/+$/, "") ?? "";
  const client = makeQueryClient();
  const [addresses] = await Promise.all([
    listWrongAddresses(actor),
    client.fetchQuery({ ...sourcesQuery(), queryFn: () => listSources(origin, actor) }),
  ]);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <WrongAddresses addresses={addresses} origin={origin} />
      <SourceList
        forbidden={mayActor(actor, "manage") ? null : NOT_ADMIN}
        forbiddenToSend={mayActor(actor, "operate") ? null : MAY_NOT_SEND}
      />
    </HydrationBoundary>
  );
}
