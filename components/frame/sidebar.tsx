"use client";

import { PanelLeft } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { Button } from "../ui/button";
import { cn } from "../ui/cn";
import { Logo } from "./logo";
import { SETTINGS } from "./navigation";
import { SIDEBAR_COOKIE } from "./sidebar-cookie";
import { MainLinks, SidebarLinks } from "./sidebar-links";

const YEAR_SECONDS = 31_536_000;

/** The left sidebar on wide screens: 232 px, or icons only. */
export function Sidebar({ startNarrow, mayManage }: { startNarrow: boolean; mayManage: boolean }) {
  const [narrow, setNarrow] = useState(startNarrow);
  function toggle() {
    setNarrow(!narrow);
    // biome-ignore lint/suspicious/noDocumentCookie: Safari and older Firefox have no cookieStore
    document.cookie = `${SIDEBAR_COOKIE}=${narrow ? "wide" : "narrow"}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
  }
  return (
    <aside
      className={cn(
        "sticky top-0 hidden h-dvh shrink-0 flex-col border-r bg-rail px-2 transition-[width] duration-150 md:flex",
        narrow ? "w-14" : "w-58",
      )}
    >
      <Link
        href="/"
        aria-label="Redrive"
        className={cn(
          "flex h-12 items-center gap-2.5 px-2.5 font-semibold text-lg tracking-tight",
          narrow && "justify-center px-0",
        )}
      >
        <Logo />
        {!narrow && "Redrive"}
      </Link>
      <MainLinks narrow={narrow} />
      <div className="mt-auto">
        {mayManage && <SidebarLinks rooms={[SETTINGS]} label="Administration" narrow={narrow} />}
      </div>
      <div className={cn("flex py-2", narrow ? "justify-center" : "justify-end")}>
        <Button
          variant="ghost"
          size="icon"
          onClick={toggle}
          aria-expanded={!narrow}
          aria-label={narrow ? "Expand the sidebar" : "Collapse the sidebar"}
          title={narrow ? "Expand the sidebar" : "Collapse the sidebar"}
        >
          <PanelLeft />
        </Button>
      </div>
    </aside>
  );
}
