"use client";

import Link, { useLinkStatus } from "next/link";
import { useDelayedFlag } from "@/lib/client/use-delayed-flag";
import { useOpenIncidents } from "@/lib/client/use-open-incidents";
import { useRailCounts } from "@/lib/client/use-rail-counts";
import { useTroubledDestinations } from "@/lib/client/use-troubled-destinations";
import { useUrgentAlerts } from "@/lib/client/use-urgent-alerts";
import { count } from "../format";
import { cn } from "../ui/cn";
import { Tooltip } from "../ui/tooltip";
import { NAV_ITEMS, type Section, useCurrentSection } from "./navigation";

interface Links {
  /** Shows icons only. */
  narrow?: boolean;
  onNavigate?: () => void;
}

type Counts = NonNullable<ReturnType<typeof useRailCounts>> & { incidents?: number; alerts?: number };

/** The sections of the product, each with its count. */
export function MainLinks(links: Links) {
  const counts = useRailCounts();
  const troubled = useTroubledDestinations()?.length;
  const incidents = useOpenIncidents();
  const alerts = useUrgentAlerts();
  return (
    <SidebarLinks
      rooms={Object.values(NAV_ITEMS)}
      label="Main"
      counts={counts && { ...counts, incidents, alerts }}
      troubled={troubled}
      {...links}
    />
  );
}

/** Some sections under a label of their own. */
export function SidebarLinks({
  rooms,
  label,
  counts,
  troubled = 0,
  narrow = false,
  onNavigate,
}: Links & {
  rooms: Section[];
  label: string;
  counts?: Counts;
  troubled?: number;
}) {
  const here = useCurrentSection();
  return (
    <nav aria-label={label} className="flex flex-col gap-0.5">
      {rooms.map((room) => {
        const badge = badgeOf(room, counts);
        const trouble = room === NAV_ITEMS.destinations && troubled > 0 ? `${count(troubled)} in trouble` : undefined;
        const tone = room === NAV_ITEMS.replays ? "text-blue" : "text-red";
        const name = [room.name, badge && count(badge), trouble].filter(Boolean).join(": ");
        const link = (
          <Link
            key={room.href}
            href={room.href}
            onClick={onNavigate}
            aria-current={room === here ? "page" : undefined}
            aria-label={narrow ? name : undefined}
            className={cn(
              "relative flex h-8 items-center gap-2.5 rounded-md px-2.5 font-medium text-quiet transition-colors duration-150 hover:bg-hover hover:text-ink",
              room === here && "bg-hover text-ink",
              narrow && "justify-center px-0",
            )}
          >
            <RoomIcon icon={room.icon} />
            {!narrow && <span className="flex-1">{room.name}</span>}
            {badge ? !narrow && <span className={cn("text-sm tabular-nums", tone)}>{count(badge)}</span> : null}
            {trouble && !narrow && (
              <span role="img" aria-label={trouble} title={trouble} className="size-1.5 rounded-full bg-red" />
            )}
            {(badge || trouble) && narrow ? (
              <span className={cn("absolute top-1 right-1.5 size-1.5 rounded-full bg-current", tone)} />
            ) : null}
          </Link>
        );
        if (!narrow) return link;
        return (
          <Tooltip key={room.href} side="right" content={name}>
            {link}
          </Tooltip>
        );
      })}
    </nav>
  );
}

function badgeOf(section: Section, counts: Counts | undefined): number | undefined {
  if (section === NAV_ITEMS.deadLetters) return counts?.dead;
  if (section === NAV_ITEMS.replays) return counts?.replays;
  if (section === NAV_ITEMS.incidents) return counts?.incidents;
  if (section === NAV_ITEMS.alerts) return counts?.alerts;
  return section === NAV_ITEMS.reconciliation ? counts?.missing : undefined;
}

/** Pulses while its page loads. The page before it stays until then, because React shows a skeleton for at least 300 ms. */
function RoomIcon({ icon: Icon }: Pick<Section, "icon">) {
  const late = useDelayedFlag(useLinkStatus().pending);
  return <Icon aria-hidden="true" className={cn("size-4 shrink-0", late && "animate-quiet-pulse")} />;
}
