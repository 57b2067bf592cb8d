"use client";

import { LoaderCircle, Search } from "lucide-react";
import { type Ref, useEffect, useRef, useState } from "react";
import { useDelayedFlag } from "@/lib/client/use-delayed-flag";
import { Input } from "../ui/input";

const TYPING_PAUSE_MS = 250;

/** Text search, on the event key unless `label` says otherwise. Searches when typing pauses, and follows the address. */
export function SearchField({
  label = "Search event keys",
  value = "",
  pending,
  input,
  onSearch,
}: {
  label?: string;
  value?: string;
  pending: boolean;
  /** A ref, so that a parent can focus it. */
  input?: Ref<HTMLInputElement>;
  onSearch: (text: string | undefined) => void;
}) {
  const [text, setText] = useState(value);
  const [asked, setAsked] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  if (!pending && value !== asked) {
    setAsked(value);
    setText(value);
  }

  function type(next: string) {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      setAsked(next.trim());
      onSearch(next.trim() || undefined);
    }, TYPING_PAUSE_MS);
  }

  const late = useDelayedFlag(pending);
  const Icon = late ? LoaderCircle : Search;
  return (
    <div className="relative w-44 shrink-0 max-md:w-full max-md:shrink">
      <Icon
        aria-hidden="true"
        className={`absolute top-1/2 left-2 size-3.5 -translate-y-1/2 text-faint ${late ? "animate-spin" : ""}`}
      />
      <Input
        ref={input}
        type="search"
        aria-label={label}
        placeholder={label}
        value={text}
        onChange={(event) => type(event.target.value)}
        // Typing has ended: shortcuts act on the list again.
        onKeyDown={(event) => (event.key === "Enter" || event.key === "Escape") && event.currentTarget.blur()}
        className="h-7 pl-7 text-sm max-md:h-9"
      />
    </div>
  );
}
