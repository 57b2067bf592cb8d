import { Building2, Send } from "lucide-react";
import { REPLAY_STATUS } from "@/lib/contract/replay-words";
import type { Found } from "@/lib/contract/search";
import { EVENT_STATUS } from "@/lib/contract/vocabulary";
import { plural } from "../format";
import { InertText } from "../inert-text";
import { historyAddress } from "../links";
import { MiddleTruncated } from "../middle-truncated";
import { ProviderMark } from "../provider";
import { EVENT_STATUS_STYLE } from "../status/event-status";
import { REPLAY_STATUS_STYLE } from "../status/replay-status";
import { StatusIcon } from "../status/status-badge";
import { RelativeTime } from "../time";
import { FoundAlerts } from "./palette-alerts";
import { organisationId, replayLabel } from "./palette-first";
import { type GoOptions, PaletteGroup, PaletteItem } from "./palette-item";

type Go = (href: string, options?: GoOptions) => void;

/** The results, a group per kind. Kinds without results are left out. */
export function FoundThings({ found, go }: { found: Found; go: Go }) {
  return (
    <>
      {found.events.length > 0 && (
        <PaletteGroup heading="Events">
          {found.events.map(({ id, event_key, event_type, provider_slug, status, received_at }) => (
            <PaletteItem
              key={id}
              id={id}
              icon={
                <span title={EVENT_STATUS[status].label}>
                  <StatusIcon look={EVENT_STATUS_STYLE[status]} />
                  <span className="sr-only">{EVENT_STATUS[status].label}</span>
                </span>
              }
              onSelect={() => go(`/events/${id}`, { label: event_key })}
              aside={<RelativeTime at={received_at} />}
            >
              <ProviderMark slug={provider_slug} />
              <span className="min-w-0 font-mono text-sm">
                <MiddleTruncated text={event_key} />
              </span>
              <span className="min-w-0 truncate text-quiet max-md:hidden">
                <InertText text={event_type} />
              </span>
            </PaletteItem>
          ))}
        </PaletteGroup>
      )}
      {found.replays.length > 0 && (
        <PaletteGroup heading="Replays">
          {found.replays.map(({ id, status, reason, total }) => (
            <PaletteItem
              key={id}
              id={id}
              icon={
                <span title={REPLAY_STATUS[status].label}>
                  <StatusIcon look={REPLAY_STATUS_STYLE[status]} />
                  <span className="sr-only">{REPLAY_STATUS[status].label}</span>
                </span>
              }
              onSelect={() => go(`/replays/${id}`, { label: replayLabel({ id, reason }) })}
              aside={plural(total, "delivery", "deliveries")}
            >
              <span className="font-mono text-sm">{id}</span>
              <span className="truncate text-quiet">
                <InertText text={reason} />
              </span>
            </PaletteItem>
          ))}
        </PaletteGroup>
      )}
      {found.destinations.length > 0 && (
        <PaletteGroup heading="Destinations">
          {found.destinations.map(({ id, name, organisation_id, enabled }) => (
            <PaletteItem
              key={id}
              id={id}
              icon={<Send />}
              onSelect={() => go(`/destinations/${id}`, { label: name })}
              aside={enabled ? undefined : "Disabled"}
            >
              <span className="truncate">
                <InertText text={name} />
              </span>
              {organisation_id && (
                <span className="truncate font-mono text-quiet text-sm">
                  <InertText text={organisation_id} />
                </span>
              )}
            </PaletteItem>
          ))}
        </PaletteGroup>
      )}
      <FoundAlerts found={found} go={go} />
      {found.organisations.length > 0 && (
        <PaletteGroup heading="Organisations">
          {found.organisations.map((organisation) => (
            <PaletteItem
              key={organisation}
              id={organisationId(organisation)}
              icon={<Building2 />}
              onSelect={() => go(historyAddress({ org_id: organisation }), { label: organisation })}
              aside="Its events"
            >
              <span className="truncate font-mono text-sm">
                <InertText text={organisation} />
              </span>
            </PaletteItem>
          ))}
        </PaletteGroup>
      )}
    </>
  );
}
