/**
 * TeXML callbacks of Telnyx: signed as all its webhooks are, but form-encoded, in the shape of Twilio's.
 * https://developers.telnyx.com/docs/voice/programmable-voice/texml-fundamentals
 */
import { contentOf, header, type Identity, type RawRequest } from "../provider";
import { idFrom, keyOfBody, timeFrom, typeFrom } from "../shape";

/** A form with more is not one of theirs. */
const MOST_BYTES = 64 * 1024;

export function isForm(request: RawRequest): boolean {
  const type = request.contentType ?? header(request, "content-type") ?? "";
  return /^application\/x-www-form-urlencoded\b/i.test(type.trim()) && contentOf(request).length <= MOST_BYTES;
}

/** A callback has no id: equal bytes are the same event, and `SequenceNumber` tells two of one call apart. */
export function identifyTexml(request: RawRequest): Identity {
  const form = new URLSearchParams(contentOf(request).toString("utf8"));
  const written = form.get("Timestamp") ?? undefined;
  return {
    eventKey: keyOfBody(request),
    eventType: typeOf(form),
    organisationId: idFrom(form.get("AccountSid")),
    objectId: idFrom(form.get("CallSid")) ?? idFrom(form.get("ConferenceSid")) ?? idFrom(form.get("MessageSid")),
    occurredAt: timeFrom(written),
    writtenTime: written,
  };
}

/** `texml.call.completed`, `texml.recording.completed`, `texml.conference.participant-join`. */
function typeOf(form: URLSearchParams): string {
  const kinds: [string, string | null][] = [
    ["recording", form.get("RecordingStatus") ?? (form.has("RecordingSid") ? "recording" : null)],
    ["transcription", form.get("TranscriptionEvent") ?? form.get("TranscriptionStatus")],
    ["conference", form.get("StatusCallbackEvent") ?? (form.has("ConferenceSid") ? "conference" : null)],
    ["message", form.get("MessageStatus") ?? (form.has("MessageSid") ? "message" : null)],
    ["call", form.get("CallStatus") ?? (form.has("CallSid") ? "call" : null)],
  ];
  const [kind, status] = kinds.find(([, value]) => value) ?? ["callback", null];
  return typeFrom(["texml", kind, status?.trim().toLowerCase()].filter(Boolean).join("."));
}
