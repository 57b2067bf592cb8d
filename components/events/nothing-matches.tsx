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
  const calm = sentence === ONLY_DEAD;
  return (
    <Notice
      icon={FilterX}
      title={calm ? "No dead letters" : "No event matches this filter"}
      actions={
        <Button asChild>
          <Link href="/events">{calm ? "Show all events" : "Clear the filter"}</Link>
        </Button>
      }
    >
      {calm
        ? "Every delivery has succeeded, or is still being tried. Events whose retries are used up appear here."
        : `Looked for: ${sentence}. New matches appear here by themselves.`}
    </Notice>
  );
}
