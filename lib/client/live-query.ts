/** A query that is read again by itself while its page is shown, and that reports its state to the top bar. */
import { type QueryKey, type UnusedSkipTokenOptions, useSuspenseQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Interest } from "@/lib/contract/live";
import { forgetLive, type LiveState, reportLive } from "./live";
import { ApiError } from "./request";
import { STREAM_POLL_MS, useLiveRefetch } from "./use-live-refetch";

/** The interval of attempts while the server does not answer. */
const RECONNECT_EVERY_MS = 2_000;
const NOTHING: readonly Interest[] = [];

interface Live<T> {
  /** Milliseconds until the next read, while there is no stream of changes. */
  interval: (data: T) => number;
  /** The changes after which it is read again. Without any it is always polled. */
  topics?: readonly Interest[];
  /** The least time between two reads, in milliseconds, however much changes. */
  atMostEvery?: number;
  paused?: boolean;
}

/**
 * Starts with the data that the server sent with the page, so it never waits. Hidden tabs do not poll; a tab that becomes
 * visible reads at once. Data survives a lost connection.
 */
export function useLiveQuery<T, Key extends QueryKey>(
  query: UnusedSkipTokenOptions<T, Error, T, Key>,
  { interval, topics = NOTHING, atMostEvery, paused = false }: Live<T>,
) {
  const streaming = useLiveRefetch({
    interests: topics,
    // The answer under way may be older than the change.
    read: () => void refetch(),
    atMostEvery,
    paused: paused || topics.length === 0,
  });
  const { data, error, refetch } = useSuspenseQuery({
    ...query,
    refetchOnWindowFocus: paused ? false : "always",
    refetchInterval: ({ state }) => {
      if (paused || state.data === undefined) return false;
      if (state.error) return RECONNECT_EVERY_MS;
      return streaming && topics.length > 0 ? STREAM_POLL_MS : interval(state.data);
    },
  });
  const state = liveState(error, paused);
  useEffect(() => reportLive(state), [state]);
  useEffect(() => forgetLive, []);
  return { data, error, refetch };
}

function liveState(error: Error | null, paused: boolean): LiveState {
  if (error instanceof ApiError && error.status === 401) return "signed_out";
  if (error) return "reconnecting";
  return paused ? "paused" : "live";
}
