"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { cn } from "../ui/cn";

const PAGES = [
  { href: "/alerts", name: "Alerts" },
  { href: "/alerts/rules", name: "Rules" },
  { href: "/alerts/channels", name: "Channels" },
];

/** The pages of alerts. They are styled as tabs, but are links: each has its own address. */
export function AlertTabs() {
  const path = usePathname();
  return (
    <nav aria-label="Alerts" className="mb-4 flex gap-4 overflow-x-auto border-b">
      {PAGES.map(({ href, name }) => (
        <Link
          key={href}
          href={href}
          aria-current={path === href ? "page" : undefined}
          className={cn(
            "-mb-px flex h-9 shrink-0 items-center border-transparent border-b-2 font-medium text-quiet outline-offset-[-2px] transition-colors duration-150 hover:text-ink",
            path === href && "border-accent text-ink",
          )}
        >
          {name}
        </Link>
      ))}
    </nav>
  );
}
