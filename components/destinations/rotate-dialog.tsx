import { useState } from "react";
import { rotateSecret, type WithSecret } from "@/lib/client/destinations";
import type { Destination } from "@/lib/contract/destinations";
import { ConfirmDialog } from "../forms/confirm-dialog";
import { SecretDialog } from "../forms/one-time-secret";
import { ExactTime } from "../time";

/** A new secret, shown once. Requests are also signed with the old one for a while. */
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
    <SecretDialog
      title="Keep this secret now"
      label="Signing secret"
      secret={made.secret}
      note="Copy it into the endpoint's configuration before you close this dialog."
      onClose={onClose}
    >
      {until && (
        <p className="mt-3 text-quiet">
          The old secret also signs until <ExactTime at={until} />. Put the new one in place before then.
        </p>
      )}
    </SecretDialog>
  );
}
