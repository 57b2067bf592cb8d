/** The types of events without their schemas, which the browser need not load. */
import type { RelatedEvent } from "./api/related-events";

export type { Attempt, Delivery } from "./api/delivery-answers";
export type { EventDetail, EventVersion, Resolution } from "./api/event-answers";
export type { EventAssignee, EventNote, Reopening } from "./api/event-notes";
export type { EventPage, EventSummary } from "./api/event-summary";
export type { EventNeighbours, RelatedEvent, RelatedEvents } from "./api/related-events";
export type { ChangeResult } from "./api/values";

/** Why an event is related: it is about the same object, or it changed a row that this one changed. */
export type Sameness = RelatedEvent["same"][number];
