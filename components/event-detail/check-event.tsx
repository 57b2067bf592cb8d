"use client";

import { useMutation } from "@tanstack/react-query";
import { useEffect } from "react";
import { checkEvent } from "@/lib/client/reconciliations";
import type { EventDetail } from "@/lib/contract/events";
import type { EventCheck } from "@/lib/contract/reconciliations";
import { readBody } from "../body/body";
import { CompareTable } from "../body/compare-table";
import { Problem } from "../forms/problem";
import { InertText } from "../inert-text";
import { providerName } from "../provider";
import { ExactTime } from "../time";
import { Button } from "../ui/button";
import { Dialog, DialogContent } from "../ui/dialog";
import { Skeleton } from "../ui/skeleton";

/** Asks the provider for the object of this event, and shows where it differs from what is here. */
export function CheckEventDialog({ event, onClose }: { event: EventDetail; onClose: () => void }) {
  const check = useMutation({ mutationFn: () => checkEvent(event.id) });
  const { mutate } = check;
  useEffect(() => mutate(), [mutate]);
  const name = providerName(event.provider_slug);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={`Check with ${name}`}
        description="One request to the provider's API. Nothing is changed, here or there."
        footer={
          <>
            <Button disabled={check.isPending} onClick={() => mutate()}>
              {check.isPending ? "Asking…" : "Ask again"}
            </Button>
            <Button variant="primary" onClick={onClose}>
              Close
            </Button>
          </>
        }
      >
        {check.isPending && (
          <div role="status" aria-label={`Asking ${name}`} className="space-y-2 pt-2">
            <Skeleton className="h-4 w-64" />
            <Skeleton className="h-4 w-48" />
          </div>
        )}
        <Problem error={check.error} before="" />
        {check.data && <Result event={event} check={check.data} />}
      </DialogContent>
    </Dialog>
  );
}

function Result({ event, check }: { event: EventDetail; check: EventCheck }) {
  const name = providerName(event.provider_slug);
  if (!check.found) {
    return (
      <p className="pt-1 text-pretty" data-testid="check-result">
        {name} has no <code className="font-mono">{check.asked_for}</code>. It may be deleted, or older than what {name}{" "}
        still answers.
      </p>
    );
  }
  return (
    <div className="pt-1" data-testid="check-result">
      <p className="text-pretty">
        {name} has it
        {check.event_type && (
          <>
            {" as "}
            <InertText text={check.event_type} />
          </>
        )}
        {check.occurred_at && (
          <>
            {", of "}
            <ExactTime at={check.occurred_at} />
          </>
        )}
        .
        {check.same_key === false && (
          <span className="text-amber"> Its key there is another one, so it is not the same event.</span>
        )}
      </p>
      {check.body_base64 && (
        <div className="mt-3">
          <CompareTable
            left={{ name: "Here", body: readBody(event.content_base64 ?? event.body_base64, event.body_cut) }}
            right={{ name, body: readBody(check.body_base64) }}
          />
        </div>
      )}
    </div>
  );
}
