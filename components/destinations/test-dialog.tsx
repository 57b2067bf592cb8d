"use client";

import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { testDestination } from "@/lib/client/destinations";
import type { Destination } from "@/lib/contract/destinations";
import { duration } from "../format";
import { Problem } from "../problem";
import { Button } from "../ui/button";
import { Dialog, DialogClose, DialogContent } from "../ui/dialog";
import { hostOf } from "./hosts";
import { TestResult, TestRunning } from "./test-result";

/** Tests at once: opening it is the wish. */
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
  const asked = useRef(false);
  useEffect(() => {
    // React runs effects twice in development; the endpoint is asked once.
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
              <Button variant="primary">Close</Button>
            </DialogClose>
          </>
        }
      >
        <div aria-live="polite" className="pt-1">
          {test.isPending || test.isIdle ? (
            <TestRunning />
          ) : test.error ? (
            <Problem error={test.error} before="The test did not run." />
          ) : (
            <TestResult result={test.data} />
          )}
        </div>
      </DialogContent>
    </Dialog>
  );
}
