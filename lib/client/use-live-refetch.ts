"use client";

/** Reads again when the stream reports a change: at once the first time, then at most once per interval. */
import { useEffect, useEffectEvent } from "react";
import { type Change, concerns, type Interest } from "@/lib/contract/live";
import { onChange, useStreamState } from "./live-stream";

/** Polling while the stream is open, for changes that it does not report: those that only depend on the clock. */
export const STREAM_POLL_MS = 30_000;
const AT_MOST_EVERY_MS = 500;

interface Follow {
  interests: readonly Interest[];
  read: () => void;
  /** The least time between two reads, in milliseconds: more for data that costs more or matters less. */
  atMostEvery?: number;
  paused?: boolean;
}

/** Returns whether the stream is open. Until then the caller has to poll. */
export function useLiveRefetch({ interests, read, atMostEvery = AT_MOST_EVERY_MS, paused = false }: Follow): boolean {
  const open = useStreamState() === "open";
  const readLatest = useEffectEvent(read);
  const isConcerned = useEffectEvent((change: Change | null) => !change || concerns(change, interests));
  const followed = interests.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page of the same kind begins to listen anew.
  useEffect(() => {
    if (paused) return;
    // The server has just read this data, for rendering the page.
    let readAt = Date.now();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const readNow = () => {
      timer = undefined;
      readAt = Date.now();
      readLatest();
    };
    const stop = onChange((change) => {
      if (timer || !isConcerned(change)) return;
      timer = setTimeout(readNow, Math.max(0, readAt + atMostEvery - Date.now()));
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [atMostEvery, paused, followed]);
  return open;
}
