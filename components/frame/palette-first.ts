/** The first result of a search, which Enter opens. */

import type { Found, FoundReplay } from "@/lib/contract/search";
import { historyAddress } from "../links";
import { alertAddress, ruleAddress } from "./palette-alerts";

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

export const organisationId = (organisation: string) => `organisation ${organisation}`;

export const replayLabel = ({ id, reason }: Pick<FoundReplay, "id" | "reason">) => `${id} · ${reason.slice(0, 60)}`;
