import type { Metadata } from "next";
import { PeopleList } from "@/components/settings/people-list";
import { requireStaff } from "@/lib/auth/authorise";
import { listStaff } from "@/lib/auth/staff";

export const metadata: Metadata = { title: "People" };

export default async function PeoplePage() {
  const actor = await requireStaff("manage");
  return <PeopleList initial={await listStaff(actor)} ownId={actor.id} ownOrganisations={actor.organisations} />;
}
