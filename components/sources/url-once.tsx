import { TriangleAlert } from "lucide-react";
import type { SourceWithUrl } from "@/lib/contract/sources";
import { CopyButton } from "../copy-button";
import { ExactTime } from "../time";
import { Button } from "../ui/button";
import { Dialog, DialogContent } from "../ui/dialog";

/** A whole URL, token included, at the only moment it can be seen. */
export function UrlOnce({ source, onClose }: { source: SourceWithUrl; onClose: () => void }) {
  const { full_url, name, previous_token_expires_at } = source;
  return (
    <Dialog open locked onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title="Keep this URL now"
        footer={
          <Button variant="primary" data-testid="url-kept" onClick={onClose}>
            I have copied it
          </Button>
        }
      >
        <p className="flex gap-2.5 rounded-md bg-tint px-3 py-2.5 text-amber">
          <TriangleAlert aria-hidden="true" className="mt-0.75 size-3.5 shrink-0" />
          <span className="text-ink">
            This is the only time the whole URL of {name} is shown. Anyone with it can send events, so treat it like a
            password.
          </span>
        </p>
        <div className="mt-3 flex items-start gap-2 rounded-md border bg-sunken py-1.5 pr-1.5 pl-3">
          <code className="min-w-0 flex-1 py-0.5 font-mono text-sm [overflow-wrap:anywhere]" data-testid="full-url">
            {full_url}
          </code>
          <CopyButton text={full_url} what="URL" />
        </div>
        {previous_token_expires_at && (
          <p className="mt-3 text-quiet">
            The old URL accepts events until <ExactTime at={previous_token_expires_at} />.
          </p>
        )}
      </DialogContent>
    </Dialog>
  );
}
