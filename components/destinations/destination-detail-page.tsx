"use client";

import dynamic from "next/dynamic";
import { useState } from "react";
import { useNow } from "@/lib/client/clock";
import { useLiveQuery } from "@/lib/client/live-query";
import { destinationQuery } from "@/lib/client/queries/destinations";
import { TryNowButton } from "../holds/try-now-button";
import { InertText } from "../inert-text";
import type { ReplayPermissions } from "../permissions/replay-permissions";
import { DestinationStateBadge } from "../status/destination-status";
import { troubleOf } from "../status/destination-text";
import { ConfigurationCard } from "./configuration-card";
import { DeliveryList } from "./delivery-list";
import { DestinationActions } from "./destination-actions";
import { HealthTiles } from "./health-tiles";
import { HoursChart } from "./hours-chart";
import type { DestinationPermissions } from "./permissions";
import { SigningCard } from "./signing-card";
import { TroubleBanner } from "./trouble-banner";

const DestinationSheet = dynamic(() => import("./destination-sheet").then((module) => module.DestinationSheet), {
  ssr: false,
});

const EVERY_MS = 2_000;

/** One destination: what is wrong, its health, its deliveries, and its settings. Live. */
export function DestinationDetailPage({
  id,
  rights,
  replayRights,
}: {
  id: string;
  rights: DestinationPermissions;
  replayRights: ReplayPermissions;
}) {
  const { data: destination, refetch } = useLiveQuery(destinationQuery(id), {
    topics: ["destinations", "events"],
    atMostEvery: 1_000,
    interval: () => EVERY_MS,
  });
  const [editing, setEditing] = useState(false);
  const trouble = troubleOf(destination, useNow());
  const changed = () => void refetch();
  return (
    <>
      <header className="flex flex-wrap items-center gap-x-3 gap-y-2.5">
        <h1 className="min-w-0 font-semibold text-xl tracking-tight [overflow-wrap:anywhere] max-md:text-lg">
          <InertText text={destination.name} />
        </h1>
        <DestinationStateBadge state={destination.state} large />
        <div className="ml-auto max-md:ml-0 max-md:w-full">
          <DestinationActions
            destination={destination}
            rights={rights}
            onChanged={changed}
            onEdit={() => setEditing(true)}
          />
        </div>
      </header>
      {trouble && (
        <TroubleBanner state={destination.state} trouble={trouble}>
          {destination.hold?.why === "circuit" && <TryNowButton destinationId={destination.id} onTried={changed} />}
        </TroubleBanner>
      )}
      <HealthTiles destination={destination} />
      <div className="mt-8 grid gap-x-10 gap-y-8 max-xl:grid-cols-[minmax(0,1fr)] xl:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="min-w-0 space-y-8">
          <HoursChart hours={destination.health.hours} />
          <DeliveryList destination={destination} replayRights={replayRights} />
        </div>
        <div className="min-w-0 space-y-8">
          <ConfigurationCard destination={destination} />
          <SigningCard destination={destination} />
        </div>
      </div>
      {editing && <DestinationSheet destination={destination} onClose={() => setEditing(false)} onSaved={changed} />}
    </>
  );
}
