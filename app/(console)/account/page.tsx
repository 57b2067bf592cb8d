import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { NotificationPreferences } from "@/components/settings/notification-preferences";
import { SessionList } from "@/components/settings/session-list";
import { requireStaff } from "@/lib/auth/authorise";
import { preferencesQuery } from "@/lib/client/queries/channels";
import { sessionsQuery } from "@/lib/client/queries/settings";
import { makeQueryClient } from "@/lib/client/query-client";
import { readPreferences } from "@/lib/queries/channels";
import { listOwnSessions } from "@/lib/queries/sessions";

export const metadata: Metadata = { title: "Your account" };

export default async function AccountPage() {
  const actor = await requireStaff("view");
  const client = makeQueryClient();
  await Promise.all([
    client.fetchQuery({ ...sessionsQuery(), queryFn: () => listOwnSessions(actor) }),
    client.fetchQuery({ ...preferencesQuery(), queryFn: () => readPreferences(actor) }),
  ]);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <NotificationPreferences />
      <SessionList />
    </HydrationBoundary>
  );
}
