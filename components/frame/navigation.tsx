"use client";

import {
  ChartNoAxesColumn,
  CircleUser,
  DoorOpen,
  Inbox,
  type LucideIcon,
  OctagonX,
  Redo2,
  Send,
  Settings,
} from "lucide-react";
import { usePathname } from "next/navigation";

export interface Section {
  name: string;
  href: string;
  icon: LucideIcon;
}

/** A room in the rail; pressing g and then its key goes there. */
export interface MainSection extends Section {
  key: string;
}

export const NAV_ITEMS = {
  overview: { name: "Overview", href: "/", icon: ChartNoAxesColumn, key: "o" },
  events: { name: "Events", href: "/events", icon: Inbox, key: "e" },
  deadLetters: { name: "Dead letters", href: "/dead-letters", icon: OctagonX, key: "d" },
  replays: { name: "Replays", href: "/replays", icon: Redo2, key: "r" },
  destinations: { name: "Destinations", href: "/destinations", icon: Send, key: "t" },
  sources: { name: "Sources", href: "/sources", icon: DoorOpen, key: "s" },
} satisfies Record<string, MainSection>;

/** At the foot of the rail, for those who may manage. */
export const SETTINGS: Section = { name: "Settings", href: "/settings", icon: Settings };

/** Of everybody, behind their initials: no link in the rail. */
export const ACCOUNT: Section = { name: "Your account", href: "/account", icon: CircleUser };

/** The room that the address stands in. */
export function useCurrentSection(): Section {
  const path = usePathname();
  if (path.startsWith(SETTINGS.href)) return SETTINGS;
  if (path.startsWith(ACCOUNT.href)) return ACCOUNT;
  return Object.values(NAV_ITEMS).find(({ href }) => href !== "/" && path.startsWith(href)) ?? NAV_ITEMS.overview;
}
