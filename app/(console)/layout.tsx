import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { Frame } from "@/components/frame/frame";
import { SIDEBAR_COOKIE } from "@/components/frame/sidebar-cookie";
import { MayOperate } from "@/components/permissions/may-operate";
import { TicketTemplate } from "@/components/tickets";
import { requireStaff } from "@/lib/auth/authorise";
import { mayActor } from "@/lib/auth/permissions";
import { environment } from "@/lib/env";

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const actor = await requireStaff("view");
  const { name, role, organisations } = actor;
  const rail = (await cookies()).get(SIDEBAR_COOKIE)?.value;
  return (
    <Frame person={{ name, role, organisations, mayManage: mayActor(actor, "manage") }} narrowRail={rail === "narrow"}>
      <MayOperate value={mayActor(actor, "operate")}>
        <TicketTemplate value={environment().TICKET_URL_TEMPLATE ?? null}>{children}</TicketTemplate>
      </MayOperate>
    </Frame>
  );
}
