"use client";

import { Redo2 } from "lucide-react";
import { useState } from "react";
import type { EventDetail, EventVersion } from "@/lib/contract/events";
import { VIEWER } from "../permissions/replay-permissions";
import { ReplaySheet } from "../replay-sheet/lazy-replay-sheet";
import { Button } from "../ui/button";
import { Tooltip } from "../ui/tooltip";

/** Nothing delivered it, because it is another version of an event or a suspected replay. */
export function isWithheld(event: EventDetail): boolean {
  return (
    event.status === "ignored" && event.redacted_at === null && (event.variant_of !== null || event.suspected_replay)
  );
}

/** The button that delivers such an event: a replay with its preview, to the destinations that receive its type now. */
export function DeliverWithheld({
  id,
  mayReplay,
  small = false,
}: {
  id: EventVersion["id"];
  mayReplay: boolean;
  small?: boolean;
}) {
  const [open, setOpen] = useState(false);
  const button = (
    <Button
      size={small ? "sm" : undefined}
      variant={small ? undefined : "primary"}
      data-testid="deliver-withheld"
      aria-disabled={!mayReplay}
      aria-description={mayReplay ? undefined : VIEWER}
      onClick={() => mayReplay && setOpen(true)}
    >
      <Redo2 /> {small ? "Deliver these bytes…" : "Deliver…"}
    </Button>
  );
  return (
    <>
      {mayReplay ? button : <Tooltip content={VIEWER}>{button}</Tooltip>}
      {open && <ReplaySheet target={{ kind: "chosen", eventIds: [id] }} onClose={() => setOpen(false)} />}
    </>
  );
}
