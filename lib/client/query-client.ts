/** The cache of the console's readings, and what holds for all of them. */
import { QueryClient } from "@tanstack/react-query";

/**
 * What a page was drawn from is kept this long after the page is gone. Whoever comes back later sees what the server reads
 * then, and the browser does not read it a second time.
 */
const KEPT_MS = 5_000;

/** For what the server reads and hands over with the page: fresh until the page has begun to listen for changes. */
export const DRAWN = {
  staleTime: 10_000,
  // The server keeps nothing: its cache is that of one request.
  gcTime: typeof window === "undefined" ? Number.POSITIVE_INFINITY : KEPT_MS,
  networkMode: "always",
} as const;

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // Everything that matters is asked again by itself, or says that it failed and offers to be.
      queries: { retry: false },
      hydrate: { queries: { gcTime: DRAWN.gcTime } },
    },
  });
}
