/** The queries of channels, of what they were told, and of personal preferences. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { fetchChannels, fetchNotifications, fetchPreferences } from "../channels";
import { DRAWN } from "../query-client";

export const channelsQuery = () =>
  queryOptions({ ...DRAWN, queryKey: ["channels"], queryFn: ({ signal }) => fetchChannels(signal) });

/** Page by page, newest first. */
export const notificationsQuery = (channel: string) =>
  infiniteQueryOptions({
    queryKey: ["channel-notifications", channel],
    queryFn: ({ signal, pageParam }) => fetchNotifications(channel, pageParam, signal),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  });

export const preferencesQuery = () =>
  queryOptions({ ...DRAWN, queryKey: ["notification-preferences"], queryFn: ({ signal }) => fetchPreferences(signal) });
