import { Building2, Send } from "lucide-react";
import type { Found, FoundReplay } from "@/lib/contract/search";
import { EVENT_STATUS, REPLAY_STATUS } from "@/lib/contract/vocabulary";
import { plural } from "../format";
import { InertText } from "../inert-text";
import { historyAddress } from "../links";
import { MiddleTruncated } from "../middle-truncated";
import { ProviderMark } from "../provider";
import { EVENT_STATUS_STYLE, StatusIcon } from "../status/event-status";
import { REPLAY_STATUS_STYLE } from "../status/replay-status";
import { RelativeTime } from "../time";
import { alertAddress, FoundAlerts, ruleAddress } from "./palette-alerts";
import { type GoOptions, PaletteGroup, PaletteItem } from "./palette-item";

type Go = (href: string, options?: GoOptions) => void;

/** The first result in the groups below, and its address; undefined when nothing was found. */
export function firstOf({ events, replays, destinations, organisations, alerts, alert_rules }: Found) {
  const [event] = events;
  if (event) return { id: event.id, href: `/events/${event.id}`, label: event.event_key };
  const [replay] = replays;
  if (replay) return { id: replay.id, href: `/replays/${replay.id}`, label: replayLabel(replay) };
  const [destination] = destinations;
  if (destination) return { id: destination.id, href: `/destinations/${destination.id}`, label: destination.name };
  const [alert] = alerts;
  if (alert) return { id: alert.id, href: alertAddress(alert), label: alert.summary };
  const [rule] = alert_rules;
  if (rule) return { id: rule.id, href: ruleAddress(rule), label: rule.name };
  const [organisation] = organisations;
  if (!organisation) return undefined;
  return { id: organisationId(organisation), href: historyAddress({ org_id: organisation }), label: organisation };
}

const organisationId = (organisation: string) => `organisation ${organisation}`;
const replayLabel = ({ id, reason }: Pick<FoundReplay, "id" | "reason">) => `${id} · ${reason.slice(0, 60)}`;

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
