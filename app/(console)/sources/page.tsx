import type { Metadata } from "next";
import { SourceList } from "@/components/sources/source-list";
import { requireStaff } from "@/lib/auth/authorise";
import { mayActor } from "@/lib/auth/permissions";
import { listSources } from "@/lib/queries/sources";

export const metadata: Metadata = { title: "Sources" };

const NOT_ADMIN = "Only an administrator may change sources.";

export default async function SourcesPage() {
  const actor = await requireStaff("view");
  return <SourceList initial={await listSources()} forbidden={mayActor(actor, "manage") ? null : NOT_ADMIN} />;
}
