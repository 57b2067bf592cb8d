import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { AlertPage } from "@/components/alerts/alert-page";
import { requireStaff } from "@/lib/auth/authorise";
import { alertQuery } from "@/lib/client/queries/alerts";
import { makeQueryClient } from "@/lib/client/query-client";
import { requireAlert } from "@/lib/queries/alerts";
import { isRefusal } from "@/lib/refusals";
import { rightsOf } from "../rights";

export async function generateMetadata({ params }: PageProps<"/alerts/[id]">): Promise<Metadata> {
  return { title: `Alert ${(await params).id}` };
}

export default async function AlertDetailPage({ params }: PageProps<"/alerts/[id]">) {
  const actor = await requireStaff("view");
  const alert = await requireAlert((await params).id, actor).catch((error) => {
    if (isRefusal(error, "no_such_alert")) notFound();
    throw error;
  });
  const client = makeQueryClient();
  client.setQueryData(alertQuery(alert.id).queryKey, alert);
  const rights = await rightsOf(actor);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <AlertPage key={alert.id} id={alert.id} rights={rights} />
    </HydrationBoundary>
  );
}
