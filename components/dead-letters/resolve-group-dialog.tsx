"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { MOST_RESOLVED } from "@/lib/client/events";
import { deadLettersQuery, groupEventsQuery } from "@/lib/client/queries/dead-letters";
import { railCountsQuery } from "@/lib/client/queries/frame";
import type { DeadLetterGroup } from "@/lib/contract/dead-letters";
import { count } from "../format";
import { ResolveDialog } from "../forms/resolve-dialog";

const WHOLE = "Resolving applies to the whole event, including its dead deliveries in other groups.";

/** Marks the events that a group has when the dialog opens, so that later ones are not marked unseen. */
export function ResolveGroupDialog({ group, onClose }: { group: DeadLetterGroup; onClose: () => void }) {
  const client = useQueryClient();
  const { data: eventIds, error } = useQuery(groupEventsQuery(group));
  const cut = group.count > MOST_RESOLVED ? ` These are the newest ${count(MOST_RESOLVED)}.` : "";
  return (
    <ResolveDialog
      eventIds={eventIds}
      problem={error}
      note={WHOLE + cut}
      onClose={onClose}
      onResolved={() => {
        void client.invalidateQueries({ queryKey: deadLettersQuery().queryKey });
        void client.invalidateQueries({ queryKey: railCountsQuery().queryKey });
      }}
    />
  );
}
