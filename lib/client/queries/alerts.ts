/** The queries of alerts, their rules and silences. */
import { queryOptions } from "@tanstack/react-query";
import { type AlertFilter, printAlertFilter } from "@/lib/contract/alert-words";
import { fetchAlert, fetchAlertRules, fetchAlerts, fetchRuleChannels, fetchSilences } from "../alerts";
import { DRAWN } from "../query-client";

/** More than this at once are one trouble, and the page says that there are more. */
export const FIRING_SHOWN = 100;

/** Separate from the list, because the sidebar reads it on every page. */
export const firingCountQuery = () =>
  queryOptions({ queryKey: ["alerts", "count"], queryFn: ({ signal }) => fetchAlerts({ limit: 1 }, signal) });

/** What fires, newest first: on its page and on the overview. */
export const firingAlertsQuery = (filter: AlertFilter = {}) =>
  queryOptions({
    ...DRAWN,
    queryKey: ["alerts", "firing", printAlertFilter(filter)],
    queryFn: ({ signal }) => fetchAlerts({ ...filter, limit: FIRING_SHOWN }, signal),
  });

export const alertHistoryQuery = (query: AlertFilter & { cursor?: number }) =>
  queryOptions({
    ...DRAWN,
    queryKey: ["alerts", "resolved", printAlertFilter(query)],
    queryFn: ({ signal }) => fetchAlerts({ ...query, state: "resolved" }, signal),
  });

export const alertQuery = (id: string) =>
  queryOptions({ ...DRAWN, queryKey: ["alerts", id], queryFn: ({ signal }) => fetchAlert(id, signal) });

export const alertRulesQuery = () =>
  queryOptions({ ...DRAWN, queryKey: ["alert-rules"], queryFn: ({ signal }) => fetchAlertRules(signal) });

export const silencesQuery = () =>
  queryOptions({ ...DRAWN, queryKey: ["silences"], queryFn: ({ signal }) => fetchSilences(signal) });

export const ruleChannelsQuery = () =>
  queryOptions({ queryKey: ["rule-channels"], queryFn: ({ signal }) => fetchRuleChannels(signal) });
