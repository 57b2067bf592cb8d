/** A query that keeps itself current while somebody looks at it, and tells the top line how that goes. */
import { type QueryKey, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { type LiveState, reportLive } from "./live";
import { ApiError } from "./request";

/** While the server does not answer, it is asked at this pace. */
const RECONNECT_EVERY_MS = 2_000;

interface LiveQuery<T> {
  queryKey: QueryKey;
  read: (signal: AbortSignal) => Promise<T>;
  /** What the server page rendered. */
  initialData: T;
  /** Milliseconds until the next reading. */
  interval: (data: T) => number;
  paused?: boolean;
}

/** Hidden tabs do not poll; a tab that becomes visible reads at once. Data survives a lost connection. */
export function useLiveQuery<T>({ queryKey, read, initialData, interval, paused = false }: LiveQuery<T>) {
  const query = useQuery<T, Error, T>({
    queryKey,
    queryFn: ({ signal }) => read(signal),
    initialData: initialData as never,
    staleTime: 500,
    retry: false,
    networkMode: "always",
    refetchOnWindowFocus: paused ? false : "always",
    refetchInterval: ({ state }) => {
      if (paused) return false;
      return state.error ? RECONNECT_EVERY_MS : interval(state.data ?? initialData);
    },
  });
  const state = liveState(query.error, paused);
  useEffect(() => reportLive(state), [state]);
  return { data: query.data as T, error: query.error, refetch: query.refetch };
}

function liveState(error: Error | null, paused: boolean): LiveState {
  if (error instanceof ApiError && error.status === 401) return "signed_out";
  if (error) return "reconnecting";
  return paused ? "paused" : "live";
}
