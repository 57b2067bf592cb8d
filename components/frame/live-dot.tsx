"use client";

import { type LiveState, useLiveState } from "@/lib/client/live";
import { cn } from "../ui/cn";
import { Tooltip } from "../ui/tooltip";

const LOOK: Record<LiveState, { word: string; meaning: string; dot: string }> = {
  live: { word: "Live", meaning: "This page keeps itself current.", dot: "bg-green" },
  reconnecting: {
    word: "Reconnecting",
    meaning: "The server does not answer. What you see may be old; it is asked again every two seconds.",
    dot: "bg-amber animate-quiet-pulse",
  },
  paused: {
    word: "Paused",
    meaning: "Older pages and searches in payloads do not move. Go to the newest page to follow along.",
    dot: "bg-transparent ring-[1.5px] ring-faint ring-inset",
  },
  signed_out: {
    word: "Signed out",
    meaning: "Your session has ended. What you see may be old. Sign in again to go on.",
    dot: "bg-red",
  },
};

/** Whether what is on screen is current. */
export function LiveDot() {
  const state = useLiveState();
  const { word, meaning, dot } = LOOK[state];
  const body = (
    <>
      <span aria-hidden="true" className={cn("size-1.5 rounded-full", dot)} />
      <span role="status" className={cn(state === "live" && "max-md:sr-only")}>
        {word}
      </span>
    </>
  );
  const look = "flex h-7 items-center gap-1.5 rounded-md px-2 text-quiet text-sm";
  return (
    <Tooltip content={meaning}>
      {state === "signed_out" ? (
        <a href="/sign-in" className={cn(look, "underline underline-offset-2")}>
          {body}
        </a>
      ) : (
        <button type="button" className={look}>
          {body}
        </button>
      )}
    </Tooltip>
  );
}
