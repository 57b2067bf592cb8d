import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { PeopleList } from "@/components/settings/people-list";
import { requireStaff } from "@/lib/auth/authorise";
import { singleSignOnSettings } from "@/lib/auth/single-sign-on/configuration";
import { signInLimitsQuery, staffQuery } from "@/lib/client/queries/settings";
import { makeQueryClient } from "@/lib/client/query-client";
import { listSignInLimits } from "@/lib/queries/sign-in-limits";
import { listStaff } from "@/lib/queries/staff";

export const metadata: Metadata = { title: "People" };

export default async function PeoplePage() {
  const actor = await requireStaff("manage");
  const client = makeQueryClient();
  await Promise.all([
    client.fetchQuery({ ...staffQuery(), queryFn: () => listStaff(actor) }),
    client.fetchQuery({ ...signInLimitsQuery(), queryFn: () => listSignInLimits(actor) }),
  ]);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <PeopleList ownId={actor.id} ownOrganisations={actor.organisations} singleSignOn={singleSignOnSettings()} />
    </HydrationBoundary>
  );
}
