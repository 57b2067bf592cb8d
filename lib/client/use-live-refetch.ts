"use client";

/** Reads something again when the stream says that it changed: at once the first time, then at most every so often. */
import { useEffect, useEffectEvent } from "react";
import { type Change, concerns, type Interest } from "@/lib/contract/live";
import { onChange, useStreamState } from "./live-stream";

/** With the stream open, only in case it says nothing although something moved: what a clock alone decides. */
export const STREAM_POLL_MS = 30_000;
const AT_MOST_EVERY_MS = 500;

interface Follow {
  interests: readonly Interest[];
  read: () => void;
  /** Milliseconds between two readings: more for what costs more or matters less. */
  atMostEvery?: number;
  paused?: boolean;
}

/** Answers whether the stream is open: until then the caller asks by itself. */
export function useLiveRefetch({ interests, read, atMostEvery = AT_MOST_EVERY_MS, paused = false }: Follow): boolean {
  const open = useStreamState() === "open";
  const readLatest = useEffectEvent(read);
  const isConcerned = useEffectEvent((change: Change | null) => !change || concerns(change, interests));
  const followed = interests.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page of the same kind begins to listen anew.
  useEffect(() => {
    if (paused) return;
    // What it listens for has just been read, by the server that drew it.
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
