"use client";

import { useOffline } from "next/offline";
import { type LiveState, useLiveState } from "@/lib/client/live";
import { useStreamState } from "@/lib/client/live-stream";
import { cn } from "../ui/cn";
import { Tooltip } from "../ui/tooltip";

type Shown = LiveState | "connecting" | "polling";

const LOOK: Record<Shown, { word: string; meaning: string; dot: string }> = {
  live: { word: "Live", meaning: "Changes appear here at once.", dot: "bg-green" },
  connecting: { word: "Connecting", meaning: "Connecting to live updates.", dot: "bg-faint" },
  polling: {
    word: "Polling",
    meaning: "Live updates are unavailable. Refreshing every few seconds.",
    dot: "bg-green ring-2 ring-line-strong",
  },
  reconnecting: {
    word: "Reconnecting",
    meaning: "The server does not respond. This page may be out of date. Retrying every two seconds.",
    dot: "bg-amber animate-quiet-pulse",
  },
  paused: {
    word: "Paused",
    meaning: "Older pages and payload searches do not update. Go to the newest page for live updates.",
    dot: "bg-transparent ring-[1.5px] ring-faint ring-inset",
  },
  signed_out: {
    word: "Signed out",
    meaning: "Your session has ended. This page may be out of date. Sign in again to continue.",
    dot: "bg-red",
  },
};

const OF_STREAM = { open: "live", connecting: "connecting", lost: "polling" } as const;

/** Whether what is on screen is current. */
export function LiveDot() {
  const stream = useStreamState();
  const page = useLiveState();
  const offline = useOffline();
  const shown = page === "live" ? OF_STREAM[stream] : page;
  // A connection that is gone may appear open for minutes.
  const state = offline && shown !== "signed_out" ? "reconnecting" : shown;
  const { word, meaning, dot } = LOOK[state];
  const body = (
    <>
      <span aria-hidden="true" className={cn("size-1.5 rounded-full", dot)} />
      <span
        role="status"
        className={cn((state === "live" || state === "connecting" || state === "polling") && "max-md:sr-only")}
      >
        {word}
      </span>
    </>
  );
  // As wide as its longest word, so that nothing next to it moves.
  const look = "flex h-7 items-center justify-end gap-1.5 rounded-md px-2 text-quiet text-sm md:min-w-28";
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
