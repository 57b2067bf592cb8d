"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { fetchEventIds, MOST_RESOLVED } from "@/lib/client/events";
import { keys } from "@/lib/client/keys";
import { type DeadLetterGroup, filterOfGroup } from "@/lib/contract/dead-letters";
import { ResolveDialog } from "../event-list/resolve-dialog";
import { count } from "../format";

const WHOLE = "Resolving applies to the whole event, including its dead deliveries in other groups.";

/** Marks the events of a group, as they are when the dialog opens: what dies meanwhile is not marked unseen. */
export function ResolveGroupDialog({ group, onClose }: { group: DeadLetterGroup; onClose: () => void }) {
  const client = useQueryClient();
  const { data: eventIds, error } = useQuery({
    queryKey: keys.groupEvents(group.destination.slug, group.error_group),
    queryFn: ({ signal }) => fetchEventIds(filterOfGroup(group), signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const cut = group.count > MOST_RESOLVED ? ` These are the newest ${count(MOST_RESOLVED)}.` : "";
  return (
    <ResolveDialog
      eventIds={eventIds}
      problem={error}
      note={WHOLE + cut}
      onClose={onClose}
      onResolved={() => {
        void client.invalidateQueries({ queryKey: keys.deadLetters });
        void client.invalidateQueries({ queryKey: keys.rail });
      }}
    />
  );
}
