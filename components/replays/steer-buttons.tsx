"use client";

import { useMutation } from "@tanstack/react-query";
import { Pause, Play, Square } from "lucide-react";
import { useState } from "react";
import { controlReplay, type ReplayControl } from "@/lib/client/replays";
import type { Replay } from "@/lib/contract/replays";
import { plural } from "../format";
import { PermissionGuard } from "../permissions/permission-guard";
import { untouchedOf } from "../status/replay-text";
import { sayFailed } from "../toasts";
import { Button } from "../ui/button";
import { Dialog, DialogClose, DialogContent } from "../ui/dialog";

/** Pause, resume, cancel, as the status allows. Cancelling asks first and says how much it affects. */
export function SteerButtons({
  replay,
  forbidden,
  onSteered,
}: {
  replay: Replay;
  /** Why this person may not; null when they may. */
  forbidden: string | null;
  onSteered: () => void;
}) {
  const [asking, setAsking] = useState(false);
  const steer = useMutation({
    mutationFn: (action: ReplayControl) => controlReplay(replay.id, action),
    onSuccess: () => setAsking(false),
    onError: (error) => sayFailed(error),
    onSettled: onSteered,
  });
  const left = untouchedOf(replay);
  const { status } = replay;
  return (
    <>
      {(status === "running" || status === "queued") && (
        <PermissionGuard forbidden={forbidden}>
          <Button data-testid="replay-pause" disabled={steer.isPending} onClick={() => steer.mutate("pause")}>
            <Pause /> Pause
          </Button>
        </PermissionGuard>
      )}
      {status === "paused" && (
        <PermissionGuard forbidden={forbidden}>
          <Button
            variant="primary"
            data-testid="replay-resume"
            disabled={steer.isPending}
            onClick={() => steer.mutate("resume")}
          >
            <Play /> Resume
          </Button>
        </PermissionGuard>
      )}
      {(status === "running" || status === "queued" || status === "paused") && (
        <PermissionGuard forbidden={forbidden}>
          <Button data-testid="replay-cancel" disabled={steer.isPending} onClick={() => setAsking(true)}>
            <Square /> Cancel…
          </Button>
        </PermissionGuard>
      )}
      <Dialog open={asking} onOpenChange={setAsking}>
        <DialogContent
          title="Cancel this replay"
          description={`${plural(left, "delivery has", "deliveries have")} not run yet and would stay as ${left === 1 ? "it is" : "they are"}. Deliveries in flight will finish and are counted. A cancelled replay cannot be resumed.`}
          footer={
            <>
              <DialogClose asChild>
                <Button>Keep it running</Button>
              </DialogClose>
              <Button
                variant="primary"
                data-testid="replay-cancel-confirm"
                disabled={steer.isPending}
                onClick={() => steer.mutate("cancel")}
              >
                Cancel {plural(left, "delivery", "deliveries")}
              </Button>
            </>
          }
        >
          {null}
        </DialogContent>
      </Dialog>
    </>
  );
}
