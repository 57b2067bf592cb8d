/** The queries of destinations. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { fetchDeliveries, fetchDestination, fetchDestinations, isInTrouble } from "../destinations";
import { DRAWN } from "../query-client";

export const destinationListQuery = () =>
  queryOptions({ ...DRAWN, queryKey: ["destinations"], queryFn: ({ signal }) => fetchDestinations(signal) });

export const destinationQuery = (id: string) =>
  queryOptions({ ...DRAWN, queryKey: ["destination", id], queryFn: ({ signal }) => fetchDestination(id, signal) });

export const destinationDeliveriesQuery = (id: string) =>
  infiniteQueryOptions({
    ...DRAWN,
    queryKey: ["destination", id, "deliveries"],
    queryFn: ({ pageParam, signal }) => fetchDeliveries(id, pageParam || undefined, signal),
    initialPageParam: 0,
    getNextPageParam: (page) => page.next_cursor,
  });

/** Separate from the list, because the sidebar reads it on every page. */
export const troubledDestinationsQuery = () =>
  queryOptions({
    queryKey: ["destination-trouble"],
    queryFn: async ({ signal }) => (await fetchDestinations(signal)).filter(isInTrouble),
  });
