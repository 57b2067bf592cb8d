"use client";

import { ChartNoAxesColumn, DoorOpen, Inbox, type LucideIcon, OctagonX, Redo2, Send } from "lucide-react";
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
  destinations: { name: "Destinations", href: "/destinations", icon: Send },
  sources: { name: "Sources", href: "/sources", icon: DoorOpen },
} satisfies Record<string, Room>;

/** The room that the address stands in. */
export function useRoom(): Room {
  const path = usePathname();
  return Object.values(ROOMS).find(({ href }) => href !== "/" && path.startsWith(href)) ?? ROOMS.overview;
}
