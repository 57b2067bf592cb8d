/** A query that keeps itself current while its page is shown, and tells the top line how that goes. */
import { type QueryKey, type UnusedSkipTokenOptions, useSuspenseQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Interest } from "@/lib/contract/live";
import { forgetLive, type LiveState, reportLive } from "./live";
import { ApiError } from "./request";
import { STREAM_POLL_MS, useLiveRefetch } from "./use-live-refetch";

/** While the server does not answer, it is asked at this pace. */
const RECONNECT_EVERY_MS = 2_000;
const NOTHING: readonly Interest[] = [];

interface Live<T> {
  /** Milliseconds until the next reading, while there is no stream that says when. */
  interval: (data: T) => number;
  /** Of which changes it reads again. Without any it asks at its interval always. */
  topics?: readonly Interest[];
  /** Milliseconds between two readings at least, however much changes. */
  atMostEvery?: number;
  paused?: boolean;
}

/**
 * Reads what the server handed over with the page, so it never waits. Hidden tabs do not ask; a tab that becomes visible
 * reads at once. Data survives a lost connection.
 */
export function useLiveQuery<T, Key extends QueryKey>(
  query: UnusedSkipTokenOptions<T, Error, T, Key>,
  { interval, topics = NOTHING, atMostEvery, paused = false }: Live<T>,
) {
  const streaming = useLiveRefetch({
    interests: topics,
    // The answer that is on its way may be older than what changed.
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
