import { sendSample } from "@/lib/client/destinations";
import { loadToast } from "@/lib/client/toaster";
import type { Destination } from "@/lib/contract/destinations";
import { ConfirmDialog } from "../confirm-dialog";

/** A sample goes the whole way of an event: stored, queued, signed, delivered, and retried when it fails. */
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
      description="An event of the type webhook.test is made and delivered there as any other: signed, in its order, and retried when it fails. It stays in the history."
      action="Send a sample"
      doing="Sending…"
      run={() => sendSample(destination.id)}
      onClose={onClose}
      onDone={async ({ event_id }) => {
        onClose();
        onSent();
        (await loadToast()).success(`The sample is on its way as ${event_id}.`);
      }}
    />
  );
}
