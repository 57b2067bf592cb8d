/** The queries of the dead letters. */
import { queryOptions } from "@tanstack/react-query";
import { type DeadLetterGroup, filterOfGroup } from "@/lib/contract/dead-letters";
import { fetchDeadLetters } from "../dead-letters";
import { fetchEventIds } from "../events";
import { DRAWN } from "../query-client";

export const deadLettersQuery = () =>
  queryOptions({ ...DRAWN, queryKey: ["dead-letters"], queryFn: ({ signal }) => fetchDeadLetters(signal) });

/** Read once for an open dialog and not refreshed, so that the list does not change while the user reads it. */
export const groupEventsQuery = (group: DeadLetterGroup) =>
  queryOptions({
    queryKey: [...deadLettersQuery().queryKey, group.destination.slug, group.error_group],
    queryFn: ({ signal }) => fetchEventIds(filterOfGroup(group), signal),
    staleTime: "static",
    gcTime: 0,
  });
