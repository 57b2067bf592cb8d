import { ChevronLeft, ChevronRight, ChevronsLeft } from "lucide-react";
import Link from "next/link";
import type { EventFilter } from "@/lib/contract/event-filter";
import type { EventPage } from "@/lib/contract/events";
import { historyAddress } from "../links";
import { Button } from "../ui/button";

/** Keyset paging: one page further back or forth at a time, and straight back to the newest. */
export function Pager({ filter, page, first }: { filter: EventFilter; page: EventPage; first: boolean }) {
  const { next_cursor: older, previous_cursor: newer } = page;
  if (first && !older) return null;
  return (
    <nav aria-label="Pages" className="flex items-center gap-2 pt-3">
      {first ? (
        <span className="text-faint text-sm">The newest events</span>
      ) : (
        <Button asChild size="sm">
          <Link href={historyAddress(filter)}>
            <ChevronsLeft /> Newest
          </Link>
        </Button>
      )}
      {newer && (
        <Button asChild size="sm">
          <Link href={historyAddress({ ...filter, after: newer })}>
            <ChevronLeft /> Newer
          </Link>
        </Button>
      )}
      <span className="flex-1" />
      {older ? (
        <Button asChild size="sm">
          <Link href={historyAddress({ ...filter, cursor: older })}>
            Older <ChevronRight />
          </Link>
        </Button>
      ) : (
        <span className="text-faint text-sm">The oldest events</span>
      )}
    </nav>
  );
}
