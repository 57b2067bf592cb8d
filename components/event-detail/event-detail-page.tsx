"use client";

import { useLiveEvent } from "@/lib/client/live-event";
import { DeliverWithheld, isWithheld } from "./deliver-withheld";
import { EventHeader } from "./event-header";
import { EventMenu } from "./event-menu";
import { EventWalk } from "./event-walk";
import { FailureSummary } from "./failure-summary";
import { Inspector } from "./inspector";
import { NoteForm } from "./note-form";
import { ReplayDialog } from "./replay-dialog";
import { useReplayVerdict } from "./replay-verdict";
import { Timeline } from "./timeline";

/** One event: what it is, what failed, its timeline, and the request. Live until every delivery has ended. */
export function EventDetailPage({
  id,
  within,
  mayReplay,
  mayResolve,
  mayCheck,
}: {
  id: string;
  /** The filter of the history the event was opened from, printed. */
  within: string;
  mayReplay: boolean;
  /** Whether the reader may mark it as resolved, take that back, note and assign. */
  mayResolve: boolean;
  /** Whether the provider can be asked for this event, and the reader may ask it. */
  mayCheck: boolean;
}) {
  const { event, refetch } = useLiveEvent(id);
  const watch = useReplayVerdict(event);
  return (
    <>
      <EventWalk id={event.id} within={within} />
      <EventHeader event={event}>
        <EventMenu event={event} mayCheck={mayCheck} mayResolve={mayResolve} onChanged={refetch} />
        {isWithheld(event) ? (
          <DeliverWithheld id={event.id} mayReplay={mayReplay} />
        ) : (
          <ReplayDialog
            event={event}
            mayReplay={mayReplay}
            onQueued={(replayId) => {
              watch(replayId);
              refetch();
            }}
          />
        )}
      </EventHeader>
      <FailureSummary event={event} />
      <div className="mt-4 grid grid-cols-[minmax(0,1fr)] gap-x-10 gap-y-8 xl:grid-cols-[minmax(26rem,5fr)_minmax(0,6fr)]">
        <Timeline event={event}>
          <NoteForm eventId={event.id} mayNote={mayResolve} onAdded={refetch} />
        </Timeline>
        <Inspector event={event} within={within} mayReplay={mayReplay} />
      </div>
    </>
  );
}
