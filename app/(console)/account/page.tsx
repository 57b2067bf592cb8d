import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { SessionList } from "@/components/settings/session-list";
import { requireStaff } from "@/lib/auth/authorise";
import { sessionsQuery } from "@/lib/client/queries/settings";
import { makeQueryClient } from "@/lib/client/query-client";
import { listOwnSessions } from "@/lib/queries/sessions";

export const metadata: Metadata = { title: "Your account" };

export default async function AccountPage() {
  const actor = await requireStaff("view");
  const client = makeQueryClient();
  await client.fetchQuery({ ...sessionsQuery(), queryFn: () => listOwnSessions(actor) });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <SessionList />
    </HydrationBoundary>
  );
}
