"use client";

import { Download } from "lucide-react";
import { useState } from "react";
import type { EventDetail } from "@/lib/contract/events";
import { type Body, bodyAddress, hexDump } from "../body/body";
import { CopyButton } from "../copy-button";
import { count, size } from "../format";
import { Button } from "../ui/button";
import { PlainText } from "./plain-text";

/** A page cannot lay out megabytes at once. Text is cheaper than hex, so more of it is shown. */
const STEP_BYTES = { text: 65_536, hex: 8_192 };

/** The body exactly as received: what was verified, what is delivered, and what a replay sends. */
export function BytesTab({ event, body }: { event: EventDetail; body: Body }) {
  const [form, setForm] = useState<"text" | "hex">(body.text === null ? "hex" : "text");
  const [steps, setSteps] = useState(1);
  const shown = STEP_BYTES[form] * steps;
  const show = (next: "text" | "hex") => {
    setForm(next);
    setSteps(1);
  };
  return (
    <div>
      <div className="flex min-h-10 flex-wrap items-center gap-x-4 gap-y-2 border-b py-1.5 text-quiet text-sm">
        <span className="tabular-nums" title={`${count(event.body_size)} bytes`}>
          {size(event.body_size)}
        </span>
        <span className="flex min-w-0 items-center gap-1">
          SHA-256
          <code className="max-w-44 truncate font-mono text-ink" title={event.body_sha256}>
            {event.body_sha256}
          </code>
          <CopyButton text={event.body_sha256} what="SHA-256" />
        </span>
        <span className="ml-auto flex gap-1.5">
          <Button
            size="sm"
            variant="ghost"
            disabled={body.text === null}
            title={body.text === null ? "These bytes are not text" : undefined}
            onClick={() => show(form === "hex" ? "text" : "hex")}
          >
            {form === "hex" ? "Show text" : "Show hex"}
          </Button>
          <Button size="sm" asChild>
            <a href={bodyAddress(event.id)} download data-testid="download-body">
              <Download /> Download
            </a>
          </Button>
        </span>
      </div>
      {event.body_covered && (
        <p className="border-b py-2 text-amber">
          The provider puts a secret into this body. It is masked here and in the download, so neither matches the hash.
          Deliveries get the received bytes.
        </p>
      )}
      {event.body_cut && (
        <p className="border-b py-2 text-amber">
          This page has the first {size(body.bytes.length)}. The download has the whole body.
        </p>
      )}
      {body.bytes.length === 0 ? (
        <p className="py-3 text-quiet">The body is empty.</p>
      ) : form === "hex" || body.text === null ? (
        <pre className="overflow-x-auto py-3 font-mono text-sm leading-5" data-testid="hex">
          {hexDump(body.bytes.subarray(0, shown))}
        </pre>
      ) : (
        <PlainText text={body.text.slice(0, shown)} />
      )}
      {body.bytes.length > shown && (
        <p className="flex items-center gap-3 border-t py-2 text-quiet text-sm tabular-nums">
          The first {size(shown)} of {size(event.body_cut ? event.body_size : body.bytes.length)}.
          <Button size="sm" onClick={() => setSteps(steps + 1)}>
            Show {size(Math.min(STEP_BYTES[form], body.bytes.length - shown))} more
          </Button>
        </p>
      )}
    </div>
  );
}
