"use client";

import { ChartNoAxesColumn, DoorOpen, Inbox, type LucideIcon, OctagonX, Redo2, Send, Settings } from "lucide-react";
import { usePathname, useSearchParams } from "next/navigation";

export interface Room {
  name: string;
  href: string;
  icon: LucideIcon;
}

export const ROOMS = {
  overview: { name: "Overview", href: "/", icon: ChartNoAxesColumn },
  events: { name: "Events", href: "/events", icon: Inbox },
  deadLetters: { name: "Dead letters", href: "/events?status=dead", icon: OctagonX },
  replays: { name: "Replays", href: "/replays", icon: Redo2 },
  destinations: { name: "Destinations", href: "/destinations", icon: Send },
  sources: { name: "Sources", href: "/sources", icon: DoorOpen },
} satisfies Record<string, Room>;

/** At the foot of the rail, for those who may manage. */
export const SETTINGS: Room = { name: "Settings", href: "/settings", icon: Settings };

/** The room that the address stands in. Dead letters are the history with exactly that status. */
export function useRoom(): Room {
  const path = usePathname();
  const status = useSearchParams().get("status");
  if (path.startsWith("/settings")) return SETTINGS;
  if (path.startsWith("/replays")) return ROOMS.replays;
  if (path.startsWith("/destinations")) return ROOMS.destinations;
  if (path.startsWith("/sources")) return ROOMS.sources;
  if (!path.startsWith("/events")) return ROOMS.overview;
  return path === "/events" && status === "dead" ? ROOMS.deadLetters : ROOMS.events;
}
