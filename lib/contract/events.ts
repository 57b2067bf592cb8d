/** The JSON of events, without the schemas that declare it: for the browser, which need not load them. */
import type { RelatedEvent } from "./api/event-answers";

export type {
  Attempt,
  Delivery,
  EventDetail,
  EventNeighbours,
  EventPage,
  EventSummary,
  RelatedEvent,
  RelatedEvents,
  Resolution,
} from "./api/event-answers";
export type { ChangeResult } from "./api/values";

/** Why an event is related: it names the same object, or it changed a row that this one changed. */
export type Sameness = RelatedEvent["same"][number];
