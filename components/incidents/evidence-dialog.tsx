"use client";

import { Download } from "lucide-react";
import { useState } from "react";
import { evidenceAddress } from "@/lib/client/incidents";
import { type Incident, isClosed } from "@/lib/contract/incident-words";
import { CopyButton } from "../copy-button";
import { plural } from "../format";
import { CheckboxField } from "../forms/checkbox-field";
import { Button } from "../ui/button";
import { Dialog, DialogClose, DialogContent } from "../ui/dialog";

/** What the bundle has in it, whether with payloads, and how to check it. */
export function EvidenceDialog({ incident, onClose }: { incident: Incident; onClose: () => void }) {
  const [payloads, setPayloads] = useState(false);
  const check = `npm run verify-evidence -- evidence-${incident.id}.zip`;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={`Evidence of ${incident.id}`}
        description={`A signed zip about ${plural(incident.counts.total, "event")}: for a provider's support, a customer, an auditor.`}
        footer={
          <>
            <DialogClose asChild>
              <Button>Close</Button>
            </DialogClose>
            <Button asChild variant="primary">
              <a
                href={evidenceAddress(incident.id, payloads)}
                download
                data-testid="evidence-download"
                onClick={() => setTimeout(onClose)}
              >
                <Download /> Download
              </a>
            </Button>
          </>
        }
      >
        <ul className="list-disc space-y-0.5 pt-1 pl-5 text-quiet">
          <li>The summary, every event with what became of it and its proof, and the whole timeline.</li>
          <li>Each request to a provider with the provider's request id, what was rejected, and each replay.</li>
          <li>The configuration without secrets, and a text each for the provider's support and the customer.</li>
          <li>Hashes of all of it and a signature, which finds a change of one byte.</li>
        </ul>
        {!isClosed(incident.state) && (
          <p className="mt-3 text-pretty text-amber">The incident is not closed: the bundle shows how far it is now.</p>
        )}
        <div className="mt-3">
          <CheckboxField
            checked={payloads}
            onChange={setPayloads}
            hint="Names, addresses and phone numbers of customers may be in them. The download is in the audit log."
          >
            Include payloads
          </CheckboxField>
        </div>
        <p className="mt-4 text-quiet text-sm">Check it later:</p>
        <p className="flex items-center gap-1">
          <code className="min-w-0 rounded-sm bg-sunken px-1.5 py-1 font-mono text-sm [overflow-wrap:anywhere]">
            {check}
          </code>
          <CopyButton text={check} what="command" />
        </p>
      </DialogContent>
    </Dialog>
  );
}
