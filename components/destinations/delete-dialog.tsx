import { useId, useState } from "react";
import { deleteDestination } from "@/lib/client/destinations";
import type { Destination } from "@/lib/contract/destinations";
import { plural } from "../format";
import { ConfirmDialog } from "../forms/confirm-dialog";
import { Input } from "../ui/input";

/** Deleting cancels waiting deliveries, so the name must be typed. */
export function DeleteDialog({
  destination,
  onClose,
  onDeleted,
}: {
  destination: Destination;
  onClose: () => void;
  onDeleted: () => void;
}) {
  const id = useId();
  const [typed, setTyped] = useState("");
  const { name, health } = destination;
  const open = health.waiting + health.held;
  const lost = `${plural(open, "delivery that waits or is held is", "deliveries that wait or are held are")} cancelled. `;
  return (
    <ConfirmDialog
      title={`Delete ${name}`}
      description={`${open > 0 ? lost : ""}No more events are delivered there. Past deliveries stay in the history. This cannot be undone.`}
      action="Delete the destination"
      doing="Deleting…"
      final
      run={async () => {
        if (typed.trim() !== name) throw new Error("The name does not match.");
        await deleteDestination(destination.id);
      }}
      onClose={onClose}
      onDone={onDeleted}
    >
      <label htmlFor={id} className="mb-1 block text-quiet text-sm">
        Type <strong className="font-medium text-ink">{name}</strong> to confirm
      </label>
      <Input
        id={id}
        autoComplete="off"
        data-testid="destination-delete-name"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
    </ConfirmDialog>
  );
}
