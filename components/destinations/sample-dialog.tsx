import { sendSample } from "@/lib/client/destinations";
import { loadToast } from "@/lib/client/toaster";
import type { Destination } from "@/lib/contract/destinations";
import { ConfirmDialog } from "../forms/confirm-dialog";

/** A sample takes the same path as an event: stored, queued, signed, delivered, and retried when it fails. */
export function SampleDialog({
  destination,
  onClose,
  onSent,
}: {
  destination: Destination;
  onClose: () => void;
  onSent: () => void;
}) {
  return (
    <ConfirmDialog
      title={`Send a sample to ${destination.name}`}
      description="Creates an event of type webhook.test and delivers it like any other: signed, in order, and retried when it fails. It stays in the history."
      action="Send a sample"
      doing="Sending…"
      run={() => sendSample(destination.id)}
      onClose={onClose}
      onDone={async ({ event_id }) => {
        onClose();
        onSent();
        (await loadToast()).success(`The sample was queued as ${event_id}.`);
      }}
    />
  );
}
