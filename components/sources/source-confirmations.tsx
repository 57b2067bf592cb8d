import { useState } from "react";
import { deleteSource, rotateSource, updateSource } from "@/lib/client/sources";
import type { Source, SourceWithUrl } from "@/lib/contract/sources";
import { ConfirmDialog } from "../forms/confirm-dialog";
import { OwnUrlOnce } from "./own-url-once";

interface Question {
  source: Source;
  onClose: () => void;
  onDone: () => void;
}

/** A new URL, shown once. The old one keeps working for a while. */
export function RotateSource({ source, onClose, onDone }: Question) {
  const [made, setMade] = useState<SourceWithUrl | null>(null);
  if (made) return <OwnUrlOnce source={made} onClose={onClose} />;
  return (
    <ConfirmDialog
      title={`Rotate the URL of ${source.name}`}
      description="A new URL is created and shown once. The old one keeps accepting events for a while, so that you can change the provider's settings without losing events."
      action="Create a new URL"
      doing="Creating…"
      run={() => rotateSource(source.id)}
      onClose={onClose}
      onDone={(answer) => {
        setMade(answer);
        onDone();
      }}
    />
  );
}

export function SwitchSource({ source, onClose, onDone }: Question) {
  const { name, enabled } = source;
  return (
    <ConfirmDialog
      title={`${enabled ? "Disable" : "Enable"} ${name}`}
      description={
        enabled
          ? "Requests to its URL are rejected from now on. Rejected events are lost unless the provider retries. To stop deliveries only, pause the destination instead."
          : "Requests to its URL are accepted again."
      }
      action={enabled ? "Disable the URL" : "Enable the URL"}
      doing={enabled ? "Disabling…" : "Enabling…"}
      run={() => updateSource(source.id, { enabled: !enabled })}
      onClose={onClose}
      onDone={() => {
        onClose();
        onDone();
      }}
    />
  );
}

export function DeleteSource({ source, onClose, onDone }: Question) {
  return (
    <ConfirmDialog
      title={`Delete ${source.name}`}
      description="Requests to its URL are rejected from now on, and the URL cannot be restored. Its events stay in the history."
      action="Delete the URL"
      doing="Deleting…"
      final
      run={() => deleteSource(source.id)}
      onClose={onClose}
      onDone={() => {
        onClose();
        onDone();
      }}
    />
  );
}
