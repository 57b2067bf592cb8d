import { useState } from "react";
import { rotateSecret, type WithSecret } from "@/lib/client/destinations";
import type { Destination } from "@/lib/contract/destinations";
import { ConfirmDialog } from "../forms/confirm-dialog";
import { ExactTime } from "../time";
import { Button } from "../ui/button";
import { Dialog, DialogContent } from "../ui/dialog";
import { SecretOnce } from "./secret-once";

/** A new secret, shown once; the old one signs beside it for a while. */
export function RotateDialog({
  destination,
  onClose,
  onRotated,
}: {
  destination: Destination;
  onClose: () => void;
  onRotated: () => void;
}) {
  const [made, setMade] = useState<WithSecret | null>(null);
  if (!made) {
    return (
      <ConfirmDialog
        title="Rotate the signing secret"
        description="A new secret is made and shown once. Until the overlap ends, every request carries both signatures, so the endpoint can switch without losing events."
        action="Make a new secret"
        doing="Creating…"
        run={() => rotateSecret(destination.id)}
        onClose={onClose}
        onDone={(answer) => {
          setMade(answer);
          onRotated();
        }}
      />
    );
  }
  const until = made.destination.secrets[1]?.expires_at;
  return (
    <Dialog open locked onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title="Keep this secret now"
        footer={
          <Button variant="primary" data-testid="secret-kept" onClick={onClose}>
            I have copied it
          </Button>
        }
      >
        <SecretOnce secret={made.secret} />
        {until && (
          <p className="mt-3 text-quiet">
            The old secret also signs until <ExactTime at={until} />. Put the new one in place before then.
          </p>
        )}
      </DialogContent>
    </Dialog>
  );
}
