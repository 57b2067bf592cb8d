"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { olderLogQuery } from "@/lib/client/queries/incidents";
import type { Incident } from "@/lib/contract/incident-words";
import { Problem } from "../forms/problem";
import { Button } from "../ui/button";
import { LogEntry } from "./log-entry";
import { NoteForm } from "./note-form";
import type { IncidentRights } from "./rights";

/** As many as the incident brings with it. */
const BROUGHT = 100;

/** What happened, newest first, with the notes of those who worked on it. Nothing of it can be changed. */
export function Timeline({
  incident,
  rights,
  onChanged,
}: {
  incident: Incident;
  rights: IncidentRights;
  onChanged: () => void;
}) {
  const oldest = incident.log.at(-1)?.id;
  const older = useInfiniteQuery(olderLogQuery(incident.id, oldest));
  const more = older.data?.pages.flatMap((page) => page.entries) ?? [];
  const isCut = incident.log.length >= BROUGHT;
  return (
    <section aria-label="Timeline" className="max-w-[52rem] pt-4">
      <NoteForm incident={incident} rights={rights} onWritten={onChanged} />
      <ol className="pt-4">
        {[...incident.log, ...more].map((entry) => (
          <LogEntry key={entry.id} entry={entry} />
        ))}
      </ol>
      <Problem error={older.error} before="Could not load older entries." />
      {isCut && (!older.data || older.hasNextPage) && (
        <Button
          size="sm"
          disabled={older.isFetching}
          onClick={() => void (older.data ? older.fetchNextPage() : older.refetch())}
        >
          {older.isFetching ? "Reading…" : "Show older"}
        </Button>
      )}
    </section>
  );
}
