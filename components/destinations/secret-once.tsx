import { TriangleAlert } from "lucide-react";
import { CopyButton } from "../copy-button";

/** A secret at the only moment it can be seen. */
export function SecretOnce({ secret }: { secret: string }) {
  return (
    <>
      <p className="flex gap-2.5 rounded-md bg-tint px-3 py-2.5 text-amber">
        <TriangleAlert aria-hidden="true" className="mt-0.75 size-3.5 shrink-0" />
        <span className="text-ink">
          This is the only time it is shown. Copy it into the endpoint's configuration before you close this dialog.
        </span>
      </p>
      <div className="mt-3 flex items-start gap-2 rounded-md border bg-sunken py-1.5 pr-1.5 pl-3">
        <code className="min-w-0 flex-1 py-0.5 font-mono text-sm [overflow-wrap:anywhere]" data-testid="secret-once">
          {secret}
        </code>
        <CopyButton text={secret} what="secret" />
      </div>
    </>
  );
}
