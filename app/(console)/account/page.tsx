import type { Metadata } from "next";
import { SessionList } from "@/components/settings/session-list";
import { requireStaff } from "@/lib/auth/authorise";
import { listOwnSessions } from "@/lib/queries/sessions";

export const metadata: Metadata = { title: "Your account" };

export default async function AccountPage() {
  const actor = await requireStaff("view");
  return <SessionList initial={await listOwnSessions(actor)} />;
}
