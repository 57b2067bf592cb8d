"use client";

import { ChartNoAxesColumn, Inbox, type LucideIcon, OctagonX, Redo2 } from "lucide-react";
import { usePathname } from "next/navigation";

interface Room {
  name: string;
  href: string;
  icon: LucideIcon;
}

export const ROOMS = {
  overview: { name: "Overview", href: "/", icon: ChartNoAxesColumn },
  events: { name: "Events", href: "/events", icon: Inbox },
  deadLetters: { name: "Dead letters", href: "/dead-letters", icon: OctagonX },
  replays: { name: "Replays", href: "/replays", icon: Redo2 },
} satisfies Record<string, Room>;

/** The room that the address stands in. */
export function useRoom(): Room {
  const path = usePathname();
  return Object.values(ROOMS).find(({ href }) => href !== "/" && path.startsWith(href)) ?? ROOMS.overview;
}
