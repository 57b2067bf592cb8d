import { useState } from "react";
import { deleteSource, rotateSource, updateSource } from "@/lib/client/sources";
import type { Source, SourceWithUrl } from "@/lib/contract/sources";
import { ConfirmDialog } from "../confirm-dialog";
import { UrlOnce } from "./url-once";

interface Question {
  source: Source;
  onClose: () => void;
  onDone: () => void;
}

/** A new URL, shown once; the old one lets events in for a while. */
export function RotateSource({ source, onClose, onDone }: Question) {
  const [made, setMade] = useState<SourceWithUrl | null>(null);
  if (made) return <UrlOnce source={made} onClose={onClose} />;
  return (
    <ConfirmDialog
      title={`Rotate the URL of ${source.name}`}
      description="A new URL is made and shown once. The old one lets events in for a while longer, so that you can change the provider's settings without losing any."
      action="Make a new URL"
      doing="Making it…"
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
          ? "Requests to its URL are refused from now on. What is refused is lost unless the provider tries again: to stop deliveries only, pause the destination instead."
          : "Requests to its URL become events again."
      }
      action={enabled ? "Refuse its requests" : "Enable the URL"}
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
      description="Requests to its URL are refused from now on, and the URL cannot be brought back. Its events stay in the history."
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
