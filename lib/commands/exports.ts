/** Exports and downloads are recorded before they are sent: files of the audit log and of replays, and bytes of events. */
import { call } from "@/lib/db/client";
import { logError } from "@/lib/log";
import type { OnEnd, Taken } from "@/lib/queries/export-items";
import { type ActorContext, byArguments } from "./actor";

/**
 * What is exported: `audit.export` of `audit`, `replay.export` of `wr_12`, `incident.export` of `in_12`, `person.export` of a data
 * request's `we_12`, with the parameters of the request.
 */
export interface Takeout {
  action: "audit.export" | "replay.export" | "person.export" | "incident.export";
  subject: string;
  details: Record<string, unknown>;
}

/**
 * Records an export before its first byte is sent, so that one that breaks off is recorded, too. Returns a function to call
 * at the end, which records how much was sent. Throws `DatabaseUnavailable`: then nothing may be sent.
 */
export async function recordExport({ action, subject, details }: Takeout, by: ActorContext): Promise<OnEnd> {
  await record(action, subject, details, by);
  return async (taken: Taken) => {
    try {
      await record(`${action}ed`, subject, { ...details, ...taken }, by);
    } catch (error) {
      logError("audit_lost", error, { request_id: by.requestId, action, subject, ...taken });
    }
  };
}

/** Records a download of an event's bytes before they are sent: once a minute for each event and person. */
export async function recordDownload(eventId: string, bytes: number, by: ActorContext): Promise<void> {
  await call("console", "record_download", {
    p_subject: eventId,
    p_details: { bytes },
    ...byArguments(by),
  });
}

function record(action: string, subject: string, details: Record<string, unknown>, by: ActorContext) {
  return call("console", "record_staff_action", {
    p_action: action,
    p_subject: subject,
    p_details: details,
    ...byArguments(by),
  });
}
