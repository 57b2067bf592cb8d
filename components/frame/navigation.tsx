"use client";

import {
  BellRing,
  ChartNoAxesColumn,
  CircleUser,
  DoorOpen,
  Goal,
  Inbox,
  type LucideIcon,
  OctagonX,
  Redo2,
  Scale,
  Send,
  Settings,
  Siren,
} from "lucide-react";
import { usePathname } from "next/navigation";

export interface Section {
  name: string;
  href: string;
  icon: LucideIcon;
}

/** A section in the sidebar. Pressing g and then its key opens it. */
export interface MainSection extends Section {
  key: string;
}

export const NAV_ITEMS = {
  overview: { name: "Overview", href: "/", icon: ChartNoAxesColumn, key: "o" },
  events: { name: "Events", href: "/events", icon: Inbox, key: "e" },
  deadLetters: { name: "Dead letters", href: "/dead-letters", icon: OctagonX, key: "d" },
  replays: { name: "Replays", href: "/replays", icon: Redo2, key: "r" },
  incidents: { name: "Incidents", href: "/incidents", icon: Siren, key: "i" },
  alerts: { name: "Alerts", href: "/alerts", icon: BellRing, key: "a" },
  destinations: { name: "Destinations", href: "/destinations", icon: Send, key: "t" },
  sources: { name: "Sources", href: "/sources", icon: DoorOpen, key: "s" },
  reconciliation: { name: "Reconciliation", href: "/reconciliation", icon: Scale, key: "c" },
  kpis: { name: "KPIs", href: "/kpis", icon: Goal, key: "k" },
} satisfies Record<string, MainSection>;

/** At the foot of the sidebar, for those who may manage. */
export const SETTINGS: Section = { name: "Settings", href: "/settings", icon: Settings };

/** For everyone, in the menu behind their initials. It has no link in the sidebar. */
export const ACCOUNT: Section = { name: "Your account", href: "/account", icon: CircleUser };

/** The section that the current address belongs to. */
export function useCurrentSection(): Section {
  const path = usePathname();
  if (path.startsWith(SETTINGS.href)) return SETTINGS;
  if (path.startsWith(ACCOUNT.href)) return ACCOUNT;
  return Object.values(NAV_ITEMS).find(({ href }) => href !== "/" && path.startsWith(href)) ?? NAV_ITEMS.overview;
}
