/** Notes about an event, who takes care of it, and taking a resolve back. Each function is one request, and throws `ApiError`. */
import type { EventAssignee, EventNote } from "@/lib/contract/events";
import { postJson } from "./request";

export function addNote(eventId: string, message: string): Promise<EventNote> {
  return postJson(`/api/webhooks/events/${encodeURIComponent(eventId)}/notes`, { message });
}

/** `assignee`: an e-mail address, `me`, or null for no one. */
export function assignEvent(eventId: string, assignee: string | null): Promise<{ assignee: EventAssignee | null }> {
  return postJson(`/api/webhooks/events/${encodeURIComponent(eventId)}/assignee`, { assignee }, { method: "PUT" });
}

export function reopenEvents(event_ids: string[], reason: string): Promise<{ reopened: number; not_reopened: number }> {
  return postJson("/api/webhooks/events/reopen", { event_ids, reason });
}
