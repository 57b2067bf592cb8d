/** Query keys in one place, so that whoever changes something knows what to refresh. */
import { type Period, printPeriod } from "@/lib/contract/analytics";

export const keys = {
  events: (query: string) => ["events", query] as const,
  histogram: (query: string) => ["events", "histogram", query] as const,
  eventTypes: (times: string) => ["event-types", times] as const,
  eventViews: ["event-views"] as const,
  eventCount: (query: string) => ["event-count", query] as const,
  event: (id: string) => ["event", id] as const,
  eventNeighbours: (id: string, query: string) => ["event-neighbours", id, query] as const,
  relatedEvents: (id: string) => ["related-events", id] as const,
  /** The numbers beside the rooms. */
  rail: ["rail"] as const,
  deadLetters: ["dead-letters"] as const,
  groupEvents: (destination: string, group: string) => ["dead-letters", destination, group] as const,
  /** Of every period. */
  overview: ["analytics"] as const,
  analytics: (period: Period) => ["analytics", printPeriod(period)] as const,
  replays: (query: string) => ["replays", query] as const,
  replay: (id: string) => ["replay", id] as const,
  destinations: ["destinations"] as const,
  destination: (id: string) => ["destination", id] as const,
  destinationDeliveries: (id: string) => ["destination", id, "deliveries"] as const,
  /** Apart from the list, as the dead letters are: the rail asks on every page. */
  destinationTrouble: ["destination-trouble"] as const,
  sources: ["sources"] as const,
  staff: ["staff"] as const,
  tokens: ["tokens"] as const,
  audit: (query: string) => ["audit", query] as const,
  notices: ["notices"] as const,
  health: ["health"] as const,
  search: (query: string) => ["search", query] as const,
  /** The draft and its preview in an open sheet. */
  draft: (ask: string) => ["replay-draft", ask] as const,
  replayItems: (id: string, outcome: string) => ["replay", id, "items", outcome] as const,
};
