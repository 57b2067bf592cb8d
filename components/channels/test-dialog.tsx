"use client";

import { useMutation } from "@tanstack/react-query";
import { CircleCheck, CircleX } from "lucide-react";
import { useEffect, useRef } from "react";
import { testChannel } from "@/lib/client/channels";
import type { Channel, ChannelKind } from "@/lib/contract/channel-words";
import { Problem } from "../forms/problem";
import { InertText } from "../inert-text";
import { StatusIcon } from "../status/status-badge";
import { Button } from "../ui/button";
import { Dialog, DialogClose, DialogContent } from "../ui/dialog";

/** What "accepted" does not say, and where to check. */
const CHECK: Record<ChannelKind, string> = {
  email: "Check that the mail arrived: no mail server says that.",
  slack: "The message is in the channel now.",
  teams: "Check that the message is there: Teams accepts it before it is posted.",
  pagerduty: "PagerDuty opened an incident for the test and resolved it.",
  webhook: "Check that your program verified the signature.",
};

/** Sends a test message on open, and says what the channel answered. */
export function TestDialog({
  channel,
  onClose,
  onTested,
}: {
  channel: Channel;
  onClose: () => void;
  onTested: () => void;
}) {
  const test = useMutation({ mutationFn: () => testChannel(channel.id), onSettled: onTested });
  const { mutate } = test;
  const asked = useRef(false);
  useEffect(() => {
    // React runs effects twice in development; one test is enough.
    if (asked.current) return;
    asked.current = true;
    mutate();
  }, [mutate]);
  const result = test.data;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={`Test of ${channel.name}`}
        description="One message that says that it is a test."
        footer={
          <>
            <Button data-testid="test-again" disabled={test.isPending} onClick={() => test.mutate()}>
              Send again
            </Button>
            <DialogClose asChild>
              <Button variant="primary">Close</Button>
            </DialogClose>
          </>
        }
      >
        <div aria-live="polite" className="pt-1">
          {test.error ? (
            <Problem error={test.error} before="The test was not sent." />
          ) : test.isPending || !result ? (
            <p className="animate-quiet-pulse text-quiet">Sending…</p>
          ) : (
            <div data-testid="test-outcome" className="flex items-start gap-2">
              <StatusIcon
                look={result.accepted ? { icon: CircleCheck, tone: "text-green" } : { icon: CircleX, tone: "text-red" }}
                className="mt-0.75"
              />
              <div className="min-w-0 [overflow-wrap:anywhere]">
                {!result.accepted && <p className="font-medium text-red">It was not accepted</p>}
                <p className={result.accepted ? "font-medium" : undefined}>
                  <InertText text={result.outcome} />
                </p>
                {result.accepted && <p className="text-quiet">{CHECK[channel.kind]}</p>}
              </div>
            </div>
          )}
        </div>
      </DialogContent>
    </Dialog>
  );
}
