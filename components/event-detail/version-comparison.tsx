"use client";

import { useQuery } from "@tanstack/react-query";
import { fetchEvent } from "@/lib/client/events";
import type { EventDetail } from "@/lib/contract/events";
import { type Body, readBody } from "../body/body";
import { CompareTable } from "../body/compare-table";
import { size } from "../format";
import { InertText } from "../inert-text";

/** Another version next to the first: what differs, and the bytes of both. */
export function VersionComparison({ id, event, body }: { id: string; event: EventDetail; body: Body }) {
  const { data: other, error } = useQuery({
    queryKey: ["version", id],
    queryFn: ({ signal }) => fetchEvent(id, signal),
  });
  if (error) {
    return (
      <p role="alert" className="py-3 text-red">
        Could not load {id}. {error.message}
      </p>
    );
  }
  if (!other) return <p className="py-3 text-quiet">Loading {id}…</p>;
  const theirs = readBody(other.body_base64);
  return (
    <section aria-label={`${event.id} and ${id}`} className="py-3">
      <CompareTable left={{ name: event.id, body }} right={{ name: id, body: theirs }} />
      <div className="mt-4 grid gap-4 lg:grid-cols-2">
        <Bytes event={event} body={body} />
        <Bytes event={other} body={theirs} />
      </div>
    </section>
  );
}

/** A page cannot lay out megabytes at once: the whole body is on the version's own page. */
const SHOWN = 16_384;

function Bytes({ event, body }: { event: EventDetail; body: Body }) {
  return (
    <div className="min-w-0">
      <h3 className="text-quiet text-sm">
        {event.id} · {size(event.body_size)} · SHA-256 <code>{event.body_sha256.slice(0, 16)}</code>
      </h3>
      <pre className="mt-1 max-h-96 overflow-y-auto whitespace-pre-wrap rounded-md border bg-sunken p-2 font-mono text-sm [overflow-wrap:anywhere]">
        {body.text === null ? "These bytes are not text." : <InertText text={body.text.slice(0, SHOWN)} />}
      </pre>
    </div>
  );
}
