import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { Frame } from "@/components/frame/frame";
import { RAIL_COOKIE } from "@/components/frame/rail-cookie";
import { requireStaff } from "@/lib/auth/authorise";

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const { name, role } = await requireStaff("view");
  const rail = (await cookies()).get(RAIL_COOKIE)?.value;
  return (
    <Frame person={{ name, role }} narrowRail={rail === "narrow"}>
      {children}
    </Frame>
  );
}
