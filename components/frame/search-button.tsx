"use client";

import { Search } from "lucide-react";
import { openDialog } from "@/lib/client/dialog-store";
import { useHydrated } from "@/lib/client/use-hydrated";
import { Keys } from "../ui/keys";

/** Opens the command palette; an icon only on a phone. */
export function SearchButton() {
  const hydrated = useHydrated();
  return (
    <button
      type="button"
      data-testid="open-search"
      aria-keyshortcuts="Meta+K Control+K"
      onClick={() => openDialog("search")}
      className="flex h-8 shrink-0 items-center gap-2 rounded-md text-quiet transition-colors duration-150 hover:bg-hover hover:text-ink max-md:w-8 max-md:justify-center md:w-56 md:border md:border-line-strong md:bg-raised md:pr-1.5 md:pl-2.5"
    >
      <Search aria-hidden="true" className="size-4 shrink-0 md:size-3.5" />
      <span className="flex-1 text-left max-md:sr-only">Search or go to…</span>
      {/* Only the browser knows whether the key is ⌘ or Ctrl. */}
      <span aria-hidden="true" className="max-md:hidden">
        {hydrated && <Keys keys="mod+k" />}
      </span>
    </button>
  );
}
