import { useQuery } from "@tanstack/react-query";
import { openIncidentsQuery } from "./queries/incidents";
import { STREAM_POLL_MS, useLiveRefetch } from "./use-live-refetch";

const ASK_EVERY_MS = 15_000;
/** A recovery changes its incident every second. */
const READ_AT_MOST_EVERY_MS = 5_000;

/** How many incidents are not closed; undefined until known. */
export function useOpenIncidents(): number | undefined {
  const streaming = useLiveRefetch({
    interests: ["incidents"],
    read: () => void refetch(),
    atMostEvery: READ_AT_MOST_EVERY_MS,
  });
  const { data, refetch } = useQuery({
    ...openIncidentsQuery(),
    refetchInterval: streaming ? STREAM_POLL_MS : ASK_EVERY_MS,
    select: ({ incidents }) => incidents.length,
  });
  return data;
}
