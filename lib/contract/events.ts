/** The types of events without their schemas, which the browser need not load. */
import type { RelatedEvent } from "./api/event-answers";

export type {
  Attempt,
  Delivery,
  EventDetail,
  EventNeighbours,
  EventPage,
  EventSummary,
  EventVersion,
  RelatedEvent,
  RelatedEvents,
  Resolution,
} from "./api/event-answers";
export type { EventAssignee, EventNote, Reopening } from "./api/event-notes";
export type { ChangeResult } from "./api/values";

/** Why an event is related: it is about the same object, or it changed a row that this one changed. */
export type Sameness = RelatedEvent["same"][number];
