import { ChevronRight, ChevronsLeft } from "lucide-react";
import Link from "next/link";
import type { EventFilter } from "@/lib/contract/event-filter";
import { Button } from "../ui/button";
import { historyAddress } from "./address";

/** Keyset paging: one page further back at a time, and straight back to the newest. */
export function Paging({ filter, older, first }: { filter: EventFilter; older: string | null; first: boolean }) {
  if (first && !older) return null;
  return (
    <nav aria-label="Pages" className="flex items-center justify-between gap-2 pt-3">
      {first ? (
        <span className="text-faint text-sm">The newest events</span>
      ) : (
        <Button asChild size="sm">
          <Link href={historyAddress(filter)}>
            <ChevronsLeft /> Newest
          </Link>
        </Button>
      )}
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
