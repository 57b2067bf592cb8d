/** A query that keeps itself current while somebody looks at it, and tells the top line how that goes. */
import { type QueryKey, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Interest } from "@/lib/contract/live";
import { forgetLive, type LiveState, reportLive } from "./live";
import { ApiError } from "./request";
import { STREAM_POLL_MS, useLiveRefetch } from "./use-live-refetch";

/** While the server does not answer, it is asked at this pace. */
const RECONNECT_EVERY_MS = 2_000;
const NOTHING: readonly Interest[] = [];

/** What pages were drawn from. A page that comes back out of the browser's history comes with the same object, and is old. */
const drawn = new WeakSet<object>();

interface LiveQuery<T extends object> {
  queryKey: QueryKey;
  read: (signal: AbortSignal) => Promise<T>;
  /** What the server page rendered: the same object for as long as that page is shown. */
  initialData: T;
  /** Milliseconds until the next reading, while there is no stream that says when. */
  interval: (data: T) => number;
  /** Of which changes it reads again. Without any it asks at its interval always. */
  topics?: readonly Interest[];
  /** Milliseconds between two readings at least, however much changes. */
  atMostEvery?: number;
  paused?: boolean;
}

/** Hidden tabs do not ask; a tab that becomes visible reads at once. Data survives a lost connection. */
export function useLiveQuery<T extends object>(options: LiveQuery<T>) {
  const { queryKey, read, initialData, interval, topics = NOTHING, atMostEvery, paused = false } = options;
  const client = useQueryClient();
  const old = drawn.has(initialData);
  if (!old) {
    drawn.add(initialData);
    // What the server drew just now is newer than what was kept of an earlier visit.
    if (client.getQueryData(queryKey) !== undefined) client.setQueryData(queryKey, initialData);
  }
  const streaming = useLiveRefetch({
    interests: topics,
    // The answer that is on its way may be older than what changed.
    read: () => void query.refetch(),
    atMostEvery,
    paused: paused || topics.length === 0,
  });
  const query = useQuery<T, Error, T>({
    queryKey,
    queryFn: ({ signal }) => read(signal),
    initialData: initialData as never,
    initialDataUpdatedAt: old ? 0 : undefined,
    staleTime: 500,
    retry: false,
    networkMode: "always",
    refetchOnWindowFocus: paused ? false : "always",
    refetchInterval: ({ state }) => {
      if (paused) return false;
      if (state.error) return RECONNECT_EVERY_MS;
      return streaming && topics.length > 0 ? STREAM_POLL_MS : interval(state.data ?? initialData);
    },
  });
  const state = liveState(query.error, paused);
  useEffect(() => reportLive(state), [state]);
  useEffect(() => forgetLive, []);
  return { data: query.data as T, error: query.error, refetch: query.refetch };
}

function liveState(error: Error | null, paused: boolean): LiveState {
  if (error instanceof ApiError && error.status === 401) return "signed_out";
  if (error) return "reconnecting";
  return paused ? "paused" : "live";
}
