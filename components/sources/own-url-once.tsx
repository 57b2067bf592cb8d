import type { SourceWithUrl } from "@/lib/contract/sources";
import { SecretDialog } from "../forms/one-time-secret";
import { ExactTime } from "../time";

/** A whole URL, token included, shown only once. */
export function OwnUrlOnce({ source, onClose }: { source: SourceWithUrl; onClose: () => void }) {
  const { full_url, name, previous_token_expires_at } = source;
  return (
    <SecretDialog
      title="Keep this URL now"
      label={`URL of ${name}`}
      secret={full_url}
      note="Anyone with it can send events, so treat it like a password."
      onClose={onClose}
    >
      {previous_token_expires_at && (
        <p className="mt-3 text-quiet">
          The old URL accepts events until <ExactTime at={previous_token_expires_at} />.
        </p>
      )}
    </SecretDialog>
  );
}
