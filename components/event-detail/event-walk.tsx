"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowDown, ArrowUp, ChevronLeft } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { neighboursQuery } from "@/lib/client/queries/events";
import { useShortcuts } from "@/lib/client/shortcuts";
import { loadToast } from "@/lib/client/toaster";
import type { EventNeighbours } from "@/lib/contract/events";
import { eventAddress } from "../links";
import { Button } from "../ui/button";

type Side = keyof EventNeighbours;

const NONE: Record<Side, string> = {
  newer: "This is the newest event",
  older: "This is the oldest event",
};

/** Links to the previous and next event of a list, and back to the list. As in the list, j goes to the older one. */
export function EventWalk({ id, within }: { id: string; within: string }) {
  const router = useRouter();
  const { data, refetch, error } = useQuery(neighboursQuery(id, within));
  const list = within ? `/events?${within}` : "/events";
  const ofList = within ? " that matches the filter" : "";

  async function go(side: Side) {
    // A newer event may have arrived since.
    const next = data?.[side] ?? (await refetch()).data?.[side];
    if (next) return router.push(eventAddress(next, within));
    const toast = await loadToast();
    toast(error ? `The next event could not be found. ${error.message}` : `${NONE[side]}${ofList}.`);
  }

  useShortcuts("Event", [
    { keys: "j", label: "Older event", run: () => go("older") },
    { keys: "k", label: "Newer event", run: () => go("newer") },
    { keys: "u", label: "Back to the list", run: () => router.push(list) },
  ]);

  return (
    <nav aria-label="Previous and next event" className="mb-2 flex items-center gap-1.5">
      <Button asChild size="sm" variant="ghost" className="-ml-2">
        <Link href={list} data-testid="back-to-list" aria-keyshortcuts="u">
          <ChevronLeft /> {within ? "Back to the filtered list" : "Back to the list"}
        </Link>
      </Button>
      <span className="ml-auto" />
      {(["newer", "older"] as const).map((side) => (
        <Button
          key={side}
          size="sm"
          data-testid={side}
          aria-disabled={data !== undefined && data[side] === null}
          aria-keyshortcuts={side === "newer" ? "k" : "j"}
          title={data?.[side] === null ? `${NONE[side]}${ofList}` : `${side === "newer" ? "k" : "j"} on the keyboard`}
          className="aria-disabled:text-faint"
          onClick={() => go(side)}
        >
          {side === "newer" ? <ArrowUp /> : <ArrowDown />}
          {side === "newer" ? "Newer" : "Older"}
        </Button>
      ))}
    </nav>
  );
}
