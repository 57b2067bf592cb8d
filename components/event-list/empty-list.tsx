"use client";

import { FilterX } from "lucide-react";
import Link from "next/link";
import type { EventFilter } from "@/lib/contract/event-filter";
import { filterSentence } from "../filters/event-filter-text";
import { Notice } from "../notice";
import { useTimeFormat } from "../time";
import { Button } from "../ui/button";

const ONLY_DEAD = "dead";

/** The list is empty because of the filter: names the filter, and offers to clear it. */
export function EmptyList({ filter }: { filter: EventFilter }) {
  const { title, words, way } = whyEmpty(filter, filterSentence(filter, useTimeFormat()));
  return (
    <Notice
      icon={FilterX}
      title={title}
      actions={
        <Button asChild>
          <Link href={way.href}>{way.label}</Link>
        </Button>
      }
    >
      {words}
    </Notice>
  );
}

function whyEmpty(filter: EventFilter, sentence: string) {
  if (filter.error_group && filter.status?.join() === ONLY_DEAD)
    return {
      title: "This group is empty",
      words: "Its deliveries were replayed or marked resolved.",
      way: { href: "/dead-letters", label: "Show the other dead letters" },
    };
  if (sentence === ONLY_DEAD)
    return {
      title: "No dead letters",
      words: "Every delivery succeeded or is being retried. Events that use up their retries appear here.",
      way: { href: "/events", label: "Show all events" },
    };
  const later = filter.text
    ? "Payload searches do not refresh automatically."
    : "New matches appear here automatically.";
  return {
    title: "No event matches this filter",
    words: `You searched for: ${sentence}. ${later}`,
    way: { href: "/events", label: "Clear the filter" },
  };
}
