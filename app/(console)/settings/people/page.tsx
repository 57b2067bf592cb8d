import type { Metadata } from "next";
import { PeopleList } from "@/components/settings/people-list";
import { requireStaff } from "@/lib/auth/authorise";
import { singleSignOnSettings } from "@/lib/auth/single-sign-on/configuration";
import { listSignInLimits } from "@/lib/queries/sign-in-limits";
import { listStaff } from "@/lib/queries/staff";

export const metadata: Metadata = { title: "People" };

export default async function PeoplePage() {
  const actor = await requireStaff("manage");
  const [people, limits] = await Promise.all([listStaff(actor), listSignInLimits(actor)]);
  return (
    <PeopleList
      initial={people}
      limits={limits}
      ownId={actor.id}
      ownOrganisations={actor.organisations}
      singleSignOn={singleSignOnSettings()}
    />
  );
}
