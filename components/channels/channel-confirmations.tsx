import { changeChannel, deleteChannel } from "@/lib/client/channels";
import type { Channel } from "@/lib/contract/channel-words";
import { plural } from "../format";
import { ConfirmDialog } from "../forms/confirm-dialog";
import { sayDone } from "../toasts";

interface Question {
  channel: Channel;
  onClose: () => void;
  onDone: () => void;
}

export function SwitchChannel({ channel, onClose, onDone }: Question) {
  const { name, enabled } = channel;
  return (
    <ConfirmDialog
      title={`Turn ${name} ${enabled ? "off" : "on"}`}
      description={
        enabled
          ? "It is told nothing until it is turned on again. Other channels and the console are not affected."
          : "It is told the next alert that it takes. What fired meanwhile is not sent later."
      }
      action={enabled ? "Turn off" : "Turn on"}
      doing={enabled ? "Turning off…" : "Turning on…"}
      run={() => changeChannel(channel, { enabled: !enabled })}
      onClose={onClose}
      onDone={() => {
        onClose();
        onDone();
      }}
    />
  );
}

export function DeleteChannel({ channel, onClose, onDone }: Question) {
  const { id, name, rules } = channel;
  const named =
    rules > 0
      ? ` ${plural(rules, "rule names", "rules name")} it: a rule that names no other channel tells every channel again.`
      : "";
  return (
    <ConfirmDialog
      title={`Delete ${name}`}
      description={`It is told nothing from now on, and its secret is erased. What waits for it is skipped.${named}`}
      action="Delete channel"
      doing="Deleting…"
      final
      run={() => deleteChannel(id)}
      onClose={onClose}
      onDone={() => {
        onClose();
        onDone();
        void sayDone(`${name} is deleted.`);
      }}
    />
  );
}
