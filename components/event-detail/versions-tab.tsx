"use client";

import Link from "next/link";
import { useState } from "react";
import type { EventDetail, EventVersion } from "@/lib/contract/events";
import type { Body } from "../body/body";
import { size } from "../format";
import { eventAddress } from "../links";
import { EventStatusBadge } from "../status/event-status";
import { RelativeTime } from "../time";
import { Button } from "../ui/button";
import { DeliverWithheld } from "./deliver-withheld";
import { VersionComparison } from "./version-comparison";

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
      {chosen && <VersionComparison key={chosen} id={chosen} event={event} body={body} />}
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
