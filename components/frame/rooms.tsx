"use client";

import { ChartNoAxesColumn, DoorOpen, Inbox, type LucideIcon, OctagonX, Redo2, Send, Settings } from "lucide-react";
import { usePathname } from "next/navigation";

export interface Room {
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

/** At the foot of the rail, for those who may manage. */
export const SETTINGS: Room = { name: "Settings", href: "/settings", icon: Settings };

/** The room that the address stands in. */
export function useRoom(): Room {
  const path = usePathname();
  if (path.startsWith(SETTINGS.href)) return SETTINGS;
  return Object.values(ROOMS).find(({ href }) => href !== "/" && path.startsWith(href)) ?? ROOMS.overview;
}
