"use client";

import { FilterX } from "lucide-react";
import Link from "next/link";
import type { EventFilter } from "@/lib/contract/event-filter";
import { Notice } from "../notice";
import { useTimeFormat } from "../time";
import { Button } from "../ui/button";
import { filterSentence } from "./filter-words";

const ONLY_DEAD = "dead";

/** The list is empty because of the filter: says which, and offers to drop it. */
export function NothingMatches({ filter }: { filter: EventFilter }) {
  const sentence = filterSentence(filter, useTimeFormat());
  const cleared = filter.error_group !== undefined && filter.status?.join() === ONLY_DEAD;
  const calm = sentence === ONLY_DEAD || cleared;
  return (
    <Notice
      icon={FilterX}
      title={cleared ? "This group is cleared" : calm ? "No dead letters" : "No event matches this filter"}
      actions={
        <Button asChild>
          <Link href={cleared ? "/dead-letters" : "/events"}>
            {cleared ? "Show the other dead letters" : calm ? "Show all events" : "Clear the filter"}
          </Link>
        </Button>
      }
    >
      {cleared
        ? "None of its deliveries is dead any more: they were replayed, run again just now, or were marked resolved."
        : calm
          ? "Every delivery has succeeded, or is still being tried. Events whose retries are used up appear here."
          : `Looked for: ${sentence}. New matches appear here by themselves.`}
    </Notice>
  );
}
