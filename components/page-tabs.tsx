"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { cn } from "./ui/cn";

/** The pages of one part of the console. They are styled as tabs, but are links: each has its own address. */
export function PageTabs({ name, pages }: { name: string; pages: readonly { href: string; name: string }[] }) {
  const path = usePathname();
  return (
    <nav aria-label={name} className="mb-4 flex gap-4 overflow-x-auto border-b">
      {pages.map(({ href, name: page }) => (
        <Link
          key={href}
          href={href}
          aria-current={path === href ? "page" : undefined}
          className={cn(
            "-mb-px flex h-9 shrink-0 items-center border-transparent border-b-2 font-medium text-quiet outline-offset-[-2px] transition-colors duration-150 hover:text-ink",
            path === href && "border-accent text-ink",
          )}
        >
          {page}
        </Link>
      ))}
    </nav>
  );
}
