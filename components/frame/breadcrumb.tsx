"use client";

import { ChevronRight } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useCurrentSection } from "./navigation";

const PARTS = new Set(["/alerts/rules", "/alerts/channels"]);

/** The page's title; below a list, the list and the name of the item. */
export function Breadcrumb() {
  const path = usePathname();
  const room = useCurrentSection();
  const item = path.match(/^\/(?:events|replays|incidents|alerts|destinations|reconciliation)\/([^/]+)/)?.[1];
  // The tabs of a section are not items of it.
  if (!item || PARTS.has(path)) return <h1 className="truncate font-semibold text-lg">{room.name}</h1>;
  return (
    <nav aria-label="Breadcrumb" className="flex min-w-0 items-center gap-1 text-lg">
      <Link href={room.href} className="text-quiet transition-colors duration-150 hover:text-ink">
        {room.name}
      </Link>
      <ChevronRight aria-hidden="true" className="size-3.5 text-faint" />
      <span aria-current="page" className="truncate font-mono text-base">
        {decodeURIComponent(item)}
      </span>
    </nav>
  );
}
