import type { Metadata } from "next";
import { TokenList } from "@/components/settings/token-list";
import { requireStaff } from "@/lib/auth/authorise";
import { listApiTokens } from "@/lib/queries/api-tokens";

export const metadata: Metadata = { title: "API tokens" };

export default async function TokensPage() {
  const actor = await requireStaff("manage");
  return <TokenList initial={await listApiTokens(actor)} ownOrganisations={actor.organisations} />;
}
