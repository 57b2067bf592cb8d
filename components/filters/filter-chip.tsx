"use client";

import { ChevronDown, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { cn } from "../ui/cn";
import { Popover, PopoverContent, PopoverTrigger } from "../ui/popover";

/** One part of the filter. Says "any …" while it filters nothing. `children` may close the popover after use. */
export function FilterChip({
  name,
  any = `any ${name}`,
  words,
  mono,
  onClear,
  children,
}: {
  name: string;
  /** Its text while it filters nothing. */
  any?: string;
  words: string | null;
  mono?: boolean;
  onClear: () => void;
  children: ReactNode | ((close: (then: () => void) => void) => ReactNode);
}) {
  const [open, setOpen] = useState(false);
  const close = (then: () => void) => {
    setOpen(false);
    then();
  };
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <span
        className={cn(
          "flex h-7 shrink-0 items-center rounded-md text-sm",
          words ? "bg-tint font-medium text-accent" : "text-quiet hover:bg-hover data-open:bg-hover",
        )}
      >
        <PopoverTrigger
          aria-label={`Filter by ${name}: ${words ?? any}`}
          className={cn("flex h-full max-w-72 items-center gap-1 rounded-md px-2", words && "pr-1")}
        >
          <span className={cn("truncate", words && mono && "font-mono")}>{words ?? any}</span>
          {!words && <ChevronDown aria-hidden="true" className="size-3 text-faint" />}
        </PopoverTrigger>
        {words && (
          <button
            type="button"
            aria-label={`Clear ${name}`}
            onClick={onClear}
            className="grid h-full w-6 place-items-center rounded-md hover:text-ink"
          >
            <X className="size-3" />
          </button>
        )}
      </span>
      <PopoverContent>{typeof children === "function" ? children(close) : children}</PopoverContent>
    </Popover>
  );
}
