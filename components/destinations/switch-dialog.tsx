import { useNow } from "@/lib/client/clock";
import { type Switch, switchDestination } from "@/lib/client/destinations";
import type { Destination } from "@/lib/contract/destinations";
import { count, plural } from "../format";
import { ConfirmDialog } from "../forms/confirm-dialog";
import { releaseText, stillHeldText } from "../status/destination-text";
import { useClockFormat } from "../time";
import { sayDone } from "../toasts";

interface Words {
  title: string;
  description: string;
  action: string;
  doing: string;
  done: string;
}

/** Pause, resume, enable, disable: each says what happens to the waiting deliveries. */
export function SwitchDialog({
  action,
  destination,
  onClose,
  onChanged,
}: {
  action: Switch;
  destination: Destination;
  onClose: () => void;
  onChanged: () => void;
}) {
  const stillHeld = stillHeldText(destination, useClockFormat(), useNow());
  const { title, description, action: button, doing, done } = wordsFor(action, destination, stillHeld);
  return (
    <ConfirmDialog
      title={title}
      description={description}
      action={button}
      doing={doing}
      run={() => switchDestination(destination.id, action)}
      onClose={onClose}
      onDone={async () => {
        onClose();
        onChanged();
        const { label, action: back } = UNDO[action];
        await sayDone(done, { label, run: () => switchDestination(destination.id, back).then(onChanged) });
      }}
    />
  );
}

/** Pausing only holds deliveries, so it can be undone. Resuming releases them, so it can only be paused again. */
const UNDO: Record<Switch, { label: string; action: Switch }> = {
  pause: { label: "Undo", action: "resume" },
  disable: { label: "Undo", action: "enable" },
  resume: { label: "Pause again", action: "pause" },
  enable: { label: "Disable again", action: "disable" },
};

function wordsFor(action: Switch, destination: Destination, stillHeld: string): Words {
  const { name, health } = destination;
  // While something still holds the deliveries, their rate means nothing.
  const release = stillHeld || releaseText(destination);
  const goOut = `${plural(health.held, "held delivery goes", "held deliveries go")} out`;
  switch (action) {
    case "pause": {
      const waiting = plural(health.waiting, "delivery that waits is", "deliveries that wait are");
      return {
        title: `Pause ${name}`,
        description: `${health.waiting > 0 ? `${waiting} held with what comes. ` : ""}Events keep arriving; their deliveries are held in order until you resume. Nothing is dropped. Deliveries in flight will finish.`,
        action: "Pause deliveries",
        doing: "Pausing…",
        done: `${name} is paused. Deliveries are held.`,
      };
    }
    case "resume":
      return {
        title: `Resume ${name}`,
        description:
          health.held > 0
            ? `${goOut}, oldest first. ${release}`
            : stillHeld || "Nothing is held. New events are delivered as they arrive.",
        action: health.held > 0 ? `Release ${count(health.held)} and resume` : "Resume deliveries",
        doing: "Resuming…",
        done: `${name} is resumed.`,
      };
    case "enable":
      return {
        title: `Enable ${name}`,
        description:
          health.held > 0 ? `${goOut}, oldest first. ${release}` : "New events are delivered as they arrive.",
        action: health.held > 0 ? `Release ${count(health.held)} and enable` : "Enable deliveries",
        doing: "Enabling…",
        done: `${name} is enabled.`,
      };
    case "disable":
      return {
        title: `Disable ${name}`,
        description:
          "Nothing is sent there until a user enables it again. New events are held and nothing is dropped. For a short stop, pause it instead.",
        action: "Disable deliveries",
        doing: "Disabling…",
        done: `${name} is disabled.`,
      };
  }
}
