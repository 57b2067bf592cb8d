"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { fetchEvent } from "@/lib/client/events";
import type { EventDetail, EventVersion } from "@/lib/contract/events";
import { type Body, readBody } from "../body/body";
import { CompareTable } from "../body/compare-table";
import { size } from "../format";
import { InertText } from "../inert-text";
import { eventAddress } from "../links";
import { EventStatusBadge } from "../status/event-status";
import { RelativeTime } from "../time";
import { Button } from "../ui/button";
import { DeliverWithheld } from "./deliver-withheld";

/** The other versions that came under the event's key, and one of them compared with it. */
export function VersionsTab({
  event,
  body,
  within,
  mayReplay,
}: {
  event: EventDetail;
  body: Body;
  within: string;
  mayReplay: boolean;
}) {
  const [chosen, choose] = useState(event.versions[0]?.id);
  return (
    <>
      <p className="text-pretty border-b py-2 text-quiet">
        Each came under this key with different bytes. The first was delivered. A replay of another one delivers its
        bytes.
      </p>
      <ol>
        {event.versions.map((version) => (
          <VersionRow
            key={version.id}
            version={version}
            within={within}
            isChosen={version.id === chosen}
            mayReplay={mayReplay}
            onCompare={() => choose(version.id)}
          />
        ))}
      </ol>
      {chosen && <Comparison key={chosen} id={chosen} event={event} body={body} />}
    </>
  );
}

function VersionRow({
  version,
  within,
  isChosen,
  mayReplay,
  onCompare,
}: {
  version: EventVersion;
  within: string;
  isChosen: boolean;
  mayReplay: boolean;
  onCompare: () => void;
}) {
  return (
    <li className="flex min-h-9 flex-wrap items-center gap-3 border-b py-1.5" data-testid="version">
      <EventStatusBadge status={version.status} />
      <Link
        href={eventAddress(version.id, within)}
        prefetch={false}
        className="font-mono text-accent underline-offset-2 hover:underline"
      >
        {version.id}
      </Link>
      <span className="text-quiet text-sm tabular-nums">
        {version.is_first && "first, "}
        {size(version.body_size)} · <RelativeTime at={version.received_at} />
      </span>
      <span className="ml-auto flex gap-1.5">
        {!version.is_first && version.status === "ignored" && (
          <DeliverWithheld id={version.id} mayReplay={mayReplay} small />
        )}
        <Button size="sm" aria-pressed={isChosen} onClick={onCompare}>
          Compare
        </Button>
      </span>
    </li>
  );
}

function Comparison({ id, event, body }: { id: string; event: EventDetail; body: Body }) {
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
