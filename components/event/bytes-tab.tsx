"use client";

import { Download } from "lucide-react";
import { useState } from "react";
import type { EventDetail } from "@/lib/contract/events";
import { CopyButton } from "../copy-button";
import { count, size } from "../format";
import { Button } from "../ui/button";
import { type Body, hexDump } from "./body";
import { PlainText } from "./payload-tab";

/** A page cannot lay out megabytes of text; the download always has everything. */
const SHOWN_BYTES = 65_536;

/** The body exactly as received: what was verified, what is delivered, and what a replay sends. */
export function BytesTab({ event, body }: { event: EventDetail; body: Body }) {
  const [hex, setHex] = useState(body.text === null);
  const cut = body.bytes.length > SHOWN_BYTES;
  return (
    <div>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b py-2 text-quiet text-sm">
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
          <Button size="sm" variant="ghost" disabled={body.text === null} onClick={() => setHex(!hex)}>
            {hex ? "Show text" : "Show hex"}
          </Button>
          <Button size="sm" onClick={() => download(event, body)}>
            <Download /> Download
          </Button>
        </span>
      </div>
      {hex || body.text === null ? (
        <pre className="overflow-x-auto py-3 font-mono text-sm leading-5">
          {hexDump(body.bytes.subarray(0, SHOWN_BYTES))}
        </pre>
      ) : (
        <PlainText text={body.text.slice(0, SHOWN_BYTES)} />
      )}
      {cut && <p className="border-t py-2 text-quiet text-sm">Cut at {size(SHOWN_BYTES)}. Download the rest.</p>}
    </div>
  );
}

function download(event: EventDetail, body: Body) {
  const url = URL.createObjectURL(new Blob([body.bytes], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${event.id}.${body.isJson ? "json" : "bin"}`;
  link.click();
  URL.revokeObjectURL(url);
}
