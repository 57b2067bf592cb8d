"use client";

import { useMutation } from "@tanstack/react-query";
import { ArchiveRestore, CheckCheck, CircleAlert, CirclePause, Compass, LoaderCircle } from "lucide-react";
import { askIncident, verifyIncident } from "@/lib/client/incidents";
import type { Incident } from "@/lib/contract/incident-words";
import { plural } from "../format";
import { InertText } from "../inert-text";
import { PermissionGuard } from "../permissions/permission-guard";
import { sayDone, sayFailed } from "../toasts";
import { Button } from "../ui/button";
import { cn } from "../ui/cn";
import type { IncidentWindow } from "./incident-windows";
import { type NextStep as Next, type NextAction, nextStepOf } from "./next-step-text";
import { defaultRecovery } from "./recovery-options";
import { forbiddenToHandle, type IncidentRights } from "./rights";
import { toRecover, unacceptedOf } from "./words";

const LOOK: Record<Next["tone"], { icon: typeof Compass; tone: string }> = {
  calm: { icon: Compass, tone: "text-accent" },
  moving: { icon: LoaderCircle, tone: "text-blue" },
  waiting: { icon: CirclePause, tone: "text-amber" },
  wrong: { icon: CircleAlert, tone: "text-red" },
  done: { icon: CheckCheck, tone: "text-teal" },
};

/** What to do next, in a sentence with its one action. Who may not do it asks an administrator with one click. */
export function NextStep({
  incident,
  rights,
  onOpen,
  onChanged,
}: {
  incident: Incident;
  rights: IncidentRights;
  onOpen: (window: IncidentWindow) => void;
  onChanged: () => void;
}) {
  const next = nextStepOf(incident);
  // What waits for a decision is decided first: its button alone is primary.
  const isAsked = incident.requests.some(({ is_approved }) => is_approved === null);
  const { icon: Icon, tone } = LOOK[next.tone];
  return (
    <section
      aria-label="Next step"
      data-testid="next-step"
      className="mt-4 flex flex-wrap items-start gap-x-4 gap-y-3 rounded-md border border-line-strong bg-sunken px-4 py-3"
    >
      <Icon
        aria-hidden="true"
        className={cn("mt-0.5 size-4 shrink-0", tone, next.tone === "moving" && "motion-safe:animate-spin")}
      />
      <div className="min-w-0 flex-1 basis-72">
        <p className="text-pretty font-medium" aria-live="polite">
          {next.title}
        </p>
        <p className="text-pretty text-quiet [overflow-wrap:anywhere]">
          <InertText text={next.detail} />
        </p>
      </div>
      {next.actions.length > 0 && (
        <div className="flex flex-wrap gap-2 max-md:basis-full max-md:pl-8">
          {next.actions.map((action, index) => (
            <ActionButton
              key={action}
              action={action}
              first={index === 0 && !isAsked}
              {...{ incident, rights, onOpen, onChanged }}
            />
          ))}
        </div>
      )}
    </section>
  );
}

function ActionButton({
  action,
  first,
  incident,
  rights,
  onOpen,
  onChanged,
}: {
  action: NextAction;
  first: boolean;
  incident: Incident;
  rights: IncidentRights;
  onOpen: (window: IncidentWindow) => void;
  onChanged: () => void;
}) {
  const forbidden = forbiddenToHandle(rights);
  const variant = first ? "primary" : "secondary";
  const verify = useMutation({
    mutationFn: () => verifyIncident(incident.id, true),
    onError: (error) => void sayFailed(error, "Nothing was started."),
    onSettled: onChanged,
  });
  switch (action) {
    case "find":
      return (
        <PermissionGuard forbidden={forbidden}>
          <Button variant={variant} data-testid="incident-find" onClick={() => onOpen("find")}>
            Find what is affected…
          </Button>
        </PermissionGuard>
      );
    case "start":
    case "resume": {
      const words = action === "start" ? "Start the recovery…" : "Recover again…";
      if (!rights.mayDecide && rights.mayHandle)
        return <AskForRecovery {...{ incident, variant, onOpen, onChanged }} />;
      return (
        <PermissionGuard forbidden={forbidden}>
          <Button variant={variant} data-testid="incident-start" onClick={() => onOpen("start")}>
            {words}
          </Button>
        </PermissionGuard>
      );
    }
    case "verify":
      return (
        <PermissionGuard forbidden={forbidden}>
          <Button
            variant={variant}
            data-testid="incident-verify"
            disabled={verify.isPending}
            onClick={() => verify.mutate()}
          >
            {verify.isPending ? "Starting…" : "Verify again"}
          </Button>
        </PermissionGuard>
      );
    case "accept":
      return (
        <PermissionGuard forbidden={forbidden}>
          <Button variant={variant} data-testid="incident-accept" onClick={() => onOpen("accept")}>
            {rights.mayDecide
              ? `Accept the loss of ${plural(unacceptedOf(incident) + incident.counts.still_missing, "event")}…`
              : "Ask an administrator to accept…"}
          </Button>
        </PermissionGuard>
      );
    case "evidence":
      return (
        <Button variant={variant} data-testid="incident-evidence" onClick={() => onOpen("evidence")}>
          <ArchiveRestore /> Download the evidence…
        </Button>
      );
  }
}

/** One click with the usual options; the sheet is for others. */
function AskForRecovery({
  incident,
  variant,
  onOpen,
  onChanged,
}: {
  incident: Incident;
  variant: "primary" | "secondary";
  onOpen: (window: IncidentWindow) => void;
  onChanged: () => void;
}) {
  const asked = incident.requests.some(({ action, is_approved }) => action === "recover" && is_approved === null);
  const ask = useMutation({
    mutationFn: () => {
      const input = defaultRecovery(incident);
      return askIncident(incident.id, { action: "recover", input, reason: input.reason });
    },
    onSuccess: () => void sayDone("Asked. An administrator approves or declines it on this page."),
    onError: (error) => void sayFailed(error, "Nothing was asked."),
    onSettled: onChanged,
  });
  if (asked) return <p className="py-1.5 text-quiet">Asked. An administrator has to approve it.</p>;
  return (
    <>
      <Button variant={variant} data-testid="ask-recover" disabled={ask.isPending} onClick={() => ask.mutate()}>
        {ask.isPending ? "Asking…" : `Ask to recover ${plural(toRecover(incident), "event")}`}
      </Button>
      <Button data-testid="ask-recover-options" onClick={() => onOpen("start")}>
        With other options…
      </Button>
    </>
  );
}
