import Link from "next/link";
import type { ReplayHold } from "@/lib/contract/holds";
import { Button } from "../ui/button";
import { TryNowButton } from "./try-now-button";

/** The action that helps: try an open circuit now, or open the page of the destination. */
export function HoldAction({ hold: { why, destination_id, event_id } }: { hold: ReplayHold }) {
  if (why === "circuit") return <TryNowButton destinationId={destination_id} size="sm" />;
  if (why === "order" && event_id) return <LinkTo href={`/events/${event_id}`}>Open that event</LinkTo>;
  return <LinkTo href={`/destinations/${destination_id}`}>Open the destination</LinkTo>;
}

function LinkTo({ href, children }: { href: string; children: string }) {
  return (
    <Button asChild size="sm">
      <Link href={href} prefetch={false}>
        {children}
      </Link>
    </Button>
  );
}
