import type { Metadata } from "next";
import { SourceList } from "@/components/sources/source-list";
import { MAY_NOT_SEND } from "@/components/sources/source-words";
import { requireStaff } from "@/lib/auth/authorise";
import { mayActor } from "@/lib/auth/permissions";
import { environment } from "@/lib/env";
import { listSources } from "@/lib/queries/sources";

export const metadata: Metadata = { title: "Sources" };

const NOT_ADMIN = "Only an administrator may change sources.";

export default async function SourcesPage() {
  const actor = await requireStaff("view");
  // Without a configured URL the browser adds the address it came by.
  const origin = environment().PUBLIC_URL?.replace(/\/+$/, "") ?? "";
  return (
    <SourceList
      initial={await listSources(origin, actor)}
      forbidden={mayActor(actor, "manage") ? null : NOT_ADMIN}
      forbiddenToSend={mayActor(actor, "operate") ? null : MAY_NOT_SEND}
    />
  );
}
