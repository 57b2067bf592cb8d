import type { Metadata } from "next";
import { GroupList } from "@/components/dead-letters/group-list";
import { requireStaff } from "@/lib/auth/authorise";
import { mayActor } from "@/lib/auth/permissions";
import { listDeadLetterGroups } from "@/lib/queries/dead-letters";

export const metadata: Metadata = { title: "Dead letters" };

export default async function DeadLettersPage() {
  const actor = await requireStaff("view");
  const rights = { mayReplay: mayActor(actor, "replay"), mayReplayMany: mayActor(actor, "replay_many") };
  return <GroupList initial={await listDeadLetterGroups(actor)} rights={rights} />;
}
