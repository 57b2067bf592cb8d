/** The console's query cache, and its defaults. */
import { QueryClient } from "@tanstack/react-query";

/**
 * How long the data of a page is kept after the page is left. A user who comes back later gets what the server reads then,
 * and the browser does not read it a second time.
 */
const KEPT_MS = 5_000;

/** For data that the server reads and sends with the page: fresh until the page has begun to listen for changes. */
export const DRAWN = {
  staleTime: 10_000,
  // The server keeps nothing: its cache lives for one request.
  gcTime: typeof window === "undefined" ? Number.POSITIVE_INFINITY : KEPT_MS,
  networkMode: "always",
} as const;

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // Queries that matter are polled, or show their failure and offer to try again.
      queries: { retry: false },
      hydrate: { queries: { gcTime: DRAWN.gcTime } },
    },
  });
}
