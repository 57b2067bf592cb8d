import type { Metadata } from "next";
import { GroupList } from "@/components/dead-letters/group-list";
import { requireStaff } from "@/lib/auth/authorise";
import { listDeadLetterGroups } from "@/lib/queries/dead-letters";
import { replayPermissions } from "../permissions";

export const metadata: Metadata = { title: "Dead letters" };

export default async function DeadLettersPage() {
  const actor = await requireStaff("view");
  const rights = replayPermissions(actor);
  return <GroupList initial={await listDeadLetterGroups(actor)} rights={rights} />;
}
