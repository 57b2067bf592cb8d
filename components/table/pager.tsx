import { ChevronLeft, ChevronRight, ChevronsLeft } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { Button } from "../ui/button";

/** Keyset paging: older, newer, and straight back to the newest. Renders nothing for a single page. */
export function Pager({
  what,
  newest,
  newer,
  older,
}: {
  /** The name of the items: "events". */
  what: string;
  /** The address of the newest page; null on it. */
  newest: string | null;
  newer?: string | null;
  /** The address of the next page; null on the last. */
  older: string | null;
}) {
  if (newest === null && older === null) return null;
  return (
    <nav aria-label="Pages" className="flex items-center gap-2 pt-3">
      <Step href={newest} missing={`The newest ${what}`}>
        <ChevronsLeft /> Newest
      </Step>
      {newer && (
        <Step href={newer}>
          <ChevronLeft /> Newer
        </Step>
      )}
      <span className="flex-1" />
      <Step href={older} missing={`The oldest ${what}`}>
        Older <ChevronRight />
      </Step>
    </nav>
  );
}

function Step({ href, missing, children }: { href: string | null; missing?: string; children: ReactNode }) {
  if (href === null) return <span className="text-faint text-sm">{missing}</span>;
  return (
    <Button asChild size="sm">
      <Link href={href}>{children}</Link>
    </Button>
  );
}
