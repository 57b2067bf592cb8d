"use client";

import { useMutation } from "@tanstack/react-query";
import { Redo2 } from "lucide-react";
import { useState } from "react";
import { replayEvent } from "@/lib/client/events";
import { ApiError } from "@/lib/client/request";
import { useShortcuts } from "@/lib/client/shortcuts";
import type { EventDetail } from "@/lib/contract/events";
import { useClockFormat } from "../time";
import { Button } from "../ui/button";
import { Dialog, DialogContent, DialogTrigger } from "../ui/dialog";
import { Tooltip } from "../ui/tooltip";
import { ReplayForm } from "./replay-form";
import { replayPlan } from "./replay-plan";

const FORM_ID = "replay-form";

/** The Replay… button, and the dialog that says what will happen and asks for a reason. */
export function ReplayDialog({
  event,
  mayReplay,
  onQueued,
}: {
  event: EventDetail;
  mayReplay: boolean;
  onQueued: (replayId: string) => void;
}) {
  const [open, setOpen] = useState(false);
  const [dirty, setDirty] = useState(false);
  const plan = replayPlan(event, mayReplay, useClockFormat());
  const replay = useMutation({
    mutationFn: (reason: string) => replayEvent(event, reason),
    onSuccess: (answer) => {
      show(false);
      onQueued(answer.replay_id);
    },
  });

  function show(next: boolean) {
    replay.reset();
    setDirty(false);
    setOpen(next);
  }
  useShortcuts("Event", plan.blocked ? [] : [{ keys: "r", label: "Replay this event", run: () => setOpen(true) }]);

  if (plan.blocked && !open) return <BlockedButton reason={plan.blocked} />;
  return (
    <Dialog open={open} dirty={dirty} onOpenChange={show}>
      <DialogTrigger asChild>
        <Button variant="primary" data-testid="replay-button" className="max-md:flex-1">
          <Redo2 /> Replay…
        </Button>
      </DialogTrigger>
      <DialogContent
        title="Replay this event"
        description="The received bytes are delivered again, unchanged."
        footer={
          <>
            <Button onClick={() => show(false)}>Cancel</Button>
            <Button
              type="submit"
              form={FORM_ID}
              variant="primary"
              data-testid="replay-confirm"
              disabled={replay.isPending || plan.blocked !== null}
            >
              {replay.isPending ? "Queueing…" : plan.action}
            </Button>
          </>
        }
      >
        <ReplayForm
          id={FORM_ID}
          plan={plan}
          problem={replay.error ? problemText(replay.error) : plan.blocked}
          onTyped={() => setDirty(true)}
          onSubmit={(reason) => replay.mutate(reason)}
        />
      </DialogContent>
    </Dialog>
  );
}

/** Disabled, but focusable, so that everyone can read why. */
function BlockedButton({ reason }: { reason: string }) {
  return (
    <Tooltip content={reason} side="bottom">
      <Button
        variant="primary"
        data-testid="replay-button"
        aria-disabled="true"
        aria-description={reason}
        className="max-md:flex-1"
      >
        <Redo2 /> Replay…
      </Button>
    </Tooltip>
  );
}

function problemText(error: Error): string {
  const reference = error instanceof ApiError && error.requestId ? ` Request ${error.requestId}.` : "";
  return `The replay was not queued. ${error.message}${reference}`;
}
