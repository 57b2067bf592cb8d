import {
  BookOpen,
  Clock,
  Keyboard,
  ListFilter,
  LogOut,
  type LucideIcon,
  Moon,
  Plus,
  Redo2,
  Sun,
  SunMoon,
} from "lucide-react";
import { useTheme } from "next-themes";
import { useState } from "react";
import { openDialog } from "@/lib/client/dialog-store";
import { readRecent } from "@/lib/client/recent";
import { InertText } from "../inert-text";
import { historyAddress } from "../links";
import { Keys } from "../ui/keys";
import { ACCOUNT, NAV_ITEMS, SETTINGS } from "./navigation";
import { type GoOptions, PaletteGroup, PaletteItem } from "./palette-item";
import type { Person } from "./person-menu";
import { signOutOfConsole } from "./sign-out";

/** The value of the item that opens the filtered history. */
export const IN_HISTORY = "history";

interface CommandEntry {
  name: string;
  icon: LucideIcon;
  act: () => void;
  keys?: string;
  /** Other words that find it. */
  also?: string;
}

/** The commands that need no search: pages, actions, recent pages; filtered by the text. */
export function Commands({
  text,
  person,
  go,
  run,
}: {
  text: string;
  person: Person;
  go: (href: string, options?: GoOptions) => void;
  run: (act: () => void) => void;
}) {
  const { resolvedTheme, setTheme } = useTheme();
  const [recent] = useState(readRecent);
  const other = resolvedTheme === "dark" ? "light" : "dark";
  const settings = [
    { name: "People", href: "/settings/people", icon: SETTINGS.icon },
    { name: "API tokens", href: "/settings/tokens", icon: SETTINGS.icon },
    { name: "Retention", href: "/settings/retention", icon: SETTINGS.icon },
    { name: "Audit log", href: "/settings/audit", icon: SETTINGS.icon },
  ];
  const alerts = [
    { name: "Rules of alerts", href: "/alerts/rules", also: "threshold back-test" },
    { name: "Channels", href: "/alerts/channels", also: "alerts slack teams pagerduty e-mail notifications" },
  ];
  const pages: CommandEntry[] = [
    ...Object.values(NAV_ITEMS).map(({ name, href, icon, key }) => ({
      name,
      icon,
      keys: `g ${key}`,
      act: () => go(href),
    })),
    ...alerts.map(({ name, href, also }) => ({ name, also, icon: NAV_ITEMS.alerts.icon, act: () => go(href) })),
    ...(person.mayManage ? settings : []).map(({ name, href, icon }) => ({
      name,
      icon,
      also: SETTINGS.name,
      act: () => go(href),
    })),
    { name: ACCOUNT.name, icon: ACCOUNT.icon, also: "sessions devices sign out", act: () => go(ACCOUNT.href) },
    { name: "API reference", icon: BookOpen, also: "openapi documentation", act: () => go("/api-reference") },
  ];
  const actions: CommandEntry[] = [
    ...(person.role === "viewer"
      ? []
      : [
          {
            name: "Replay failed events…",
            icon: Redo2,
            also: "retry recover dead",
            act: () => go(historyAddress({ status: ["failed", "dead"] })),
          },
        ]),
    ...(person.mayManage
      ? [
          {
            name: "Create a destination…",
            icon: Plus,
            also: "add new endpoint webhook",
            act: () => {
              go("/destinations");
              openDialog("new_destination");
            },
          },
        ]
      : []),
    {
      name: `Switch to the ${other} theme`,
      icon: other === "dark" ? Moon : Sun,
      also: "colour mode appearance",
      act: () => run(() => setTheme(other)),
    },
    { name: "Use the system theme", icon: SunMoon, also: "colour mode", act: () => run(() => setTheme("system")) },
    { name: "Keyboard help", icon: Keyboard, keys: "?", also: "shortcuts", act: () => run(() => openDialog("help")) },
    { name: "Sign out", icon: LogOut, also: "log out leave", act: () => run(() => void signOutOfConsole()) },
  ];
  return (
    <>
      {text === "" && recent.length > 0 && (
        <PaletteGroup heading="Recently opened">
          {recent.map(({ href, label }) => (
            <PaletteItem key={href} id={`recent ${href}`} icon={<Clock />} onSelect={() => go(href, { label })}>
              <span className="truncate">
                <InertText text={label} />
              </span>
            </PaletteItem>
          ))}
        </PaletteGroup>
      )}
      <Entries heading="Go to" entries={pages} text={text} />
      <Entries heading="Actions" entries={actions} text={text} />
      {text !== "" && (
        <PaletteGroup heading="History">
          <PaletteItem id={IN_HISTORY} icon={<ListFilter />} onSelect={() => go(historyAddress({ q: text }))}>
            <span className="truncate">
              Events whose key contains “<InertText text={text} />”
            </span>
          </PaletteItem>
        </PaletteGroup>
      )}
    </>
  );
}

function Entries({ heading, entries, text }: { heading: string; entries: CommandEntry[]; text: string }) {
  const words = text.toLowerCase().split(/\s+/);
  const shown = entries.filter(({ name, also = "" }) =>
    words.every((word) => `${name} ${also}`.toLowerCase().includes(word)),
  );
  if (shown.length === 0) return null;
  return (
    <PaletteGroup heading={heading}>
      {shown.map(({ name, icon: Icon, act, keys }) => (
        <PaletteItem
          key={name}
          id={name}
          icon={<Icon />}
          onSelect={act}
          aside={
            keys && (
              <span className="max-md:hidden">
                <Keys keys={keys} />
              </span>
            )
          }
        >
          <span className="truncate">{name}</span>
        </PaletteItem>
      ))}
    </PaletteGroup>
  );
}
