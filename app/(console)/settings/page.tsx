import { redirect } from "next/navigation";
import { requireStaff } from "@/lib/auth/authorise";

export default async function SettingsPage() {
  await requireStaff("manage");
  redirect("/settings/people");
}
