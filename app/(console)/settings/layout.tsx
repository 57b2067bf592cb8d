import type { ReactNode } from "react";
import { SettingsTabs } from "@/components/settings/settings-tabs";
import { requireStaff } from "@/lib/auth/authorise";

export default async function SettingsLayout({ children }: { children: ReactNode }) {
  await requireStaff("manage");
  return (
    <>
      <SettingsTabs />
      {children}
    </>
  );
}
