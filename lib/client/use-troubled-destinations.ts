import { useQuery } from "@tanstack/react-query";
import type { Destination } from "@/lib/contract/destinations";
import { troubledDestinationsQuery } from "./queries/destinations";
import { STREAM_POLL_MS, useLiveRefetch } from "./use-live-refetch";

const ASK_EVERY_MS = 10_000;
/** Every finished delivery may change it, and it reads the whole list. */
const READ_AT_MOST_EVERY_MS = 5_000;

/** Destinations that need a person; undefined until known. */
export function useTroubledDestinations(): Destination[] | undefined {
  const streaming = useLiveRefetch({
    interests: ["destinations"],
    read: () => void refetch(),
    atMostEvery: READ_AT_MOST_EVERY_MS,
  });
  const { data, refetch } = useQuery({
    ...troubledDestinationsQuery(),
    refetchInterval: streaming ? STREAM_POLL_MS : ASK_EVERY_MS,
  });
  return data;
}
