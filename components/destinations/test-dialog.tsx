"use client";

import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { testDestination } from "@/lib/client/destinations";
import type { Destination } from "@/lib/contract/destinations";
import { count, duration, plural } from "../format";
import { Problem } from "../forms/problem";
import { HoldLine } from "../holds/hold-line";
import { holdSentence } from "../holds/hold-text";
import { TryNowButton } from "../holds/try-now-button";
import { useClockFormat } from "../time";
import { Button } from "../ui/button";
import { Dialog, DialogClose, DialogContent } from "../ui/dialog";
import { hostOf } from "./hosts";
import { TestResult, TestRunning } from "./test-result";

/** Runs the test on open. */
export function TestDialog({
  destination,
  onClose,
  onTested,
}: {
  destination: Destination;
  onClose: () => void;
  onTested: () => void;
}) {
  const test = useMutation({ mutationFn: () => testDestination(destination.id), onSettled: onTested });
  const { mutate } = test;
  const { health, hold } = destination;
  // The endpoint answers again, but its circuit is still open.
  const mayFollow = test.data?.success === true && hold?.why === "circuit";
  const asked = useRef(false);
  useEffect(() => {
    // React runs effects twice in development; the endpoint must be called once.
    if (asked.current) return;
    asked.current = true;
    mutate();
  }, [mutate]);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={`Test of ${destination.name}`}
        description={`One signed webhook.test to ${hostOf(destination)}, with ${duration(destination.timeout_ms).replace(".0 s", " s")} to answer. It is not an event, and is not retried.`}
        footer={
          <>
            <Button data-testid="test-again" disabled={test.isPending} onClick={() => test.mutate()}>
              Test again
            </Button>
            <DialogClose asChild>
              <Button variant={mayFollow ? "secondary" : "primary"}>Close</Button>
            </DialogClose>
            {mayFollow && (
              <TryNowButton
                destinationId={destination.id}
                all
                variant="primary"
                label={health.waiting > 0 ? `Send the ${count(health.waiting)} waiting now` : "Close the circuit"}
                onTried={() => {
                  onTested();
                  onClose();
                }}
              />
            )}
          </>
        }
      >
        <div aria-live="polite" className="pt-1">
          {test.isPending || test.isIdle ? (
            <TestRunning />
          ) : test.error ? (
            <Problem error={test.error} before="The test did not run." />
          ) : (
            <>
              <TestResult result={test.data} />
              {test.data.success && <Consequence destination={destination} />}
            </>
          )}
        </div>
      </DialogContent>
    </Dialog>
  );
}

/** A test is not a delivery: this is what still holds deliveries although the endpoint answered. */
function Consequence({ destination: { name, health, hold } }: { destination: Destination }) {
  const clock = useClockFormat();
  if (!hold) return null;
  const waiting = plural(health.waiting + health.held, "delivery waits", "deliveries wait");
  const sentence =
    hold.why === "circuit" && hold.until
      ? `The circuit is still open until ${clock(hold.until)}. Send them now: one goes first, and the others follow when it succeeds, within the destination's rate.`
      : holdSentence(hold, name, clock);
  return <HoldLine words={`${waiting}. ${sentence}`} />;
}
