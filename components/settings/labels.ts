/** Scopes and actions in words. */
import { parseFullId } from "@/lib/contract/ids";
import type { Scope } from "@/lib/contract/scopes";
import type { StaffAction, StaffMember } from "@/lib/contract/staff";

export const SCOPE_LABELS: Record<Scope, { label: string; may: string }> = {
  "events:read": { label: "Read events", may: "Events with payloads, deliveries, replays and statistics." },
  "events:resolve": { label: "Resolve events", may: "Mark failed or dead events as handled." },
  "events:publish": { label: "Publish events", may: "Send events of your own platform to Redrive." },
  "replays:write": { label: "Replay chosen events", may: "Selected events, a limited number at a time." },
  "replays:bulk": { label: "Replay in bulk", may: "All events that match a filter, without that limit." },
  "destinations:operate": { label: "Operate destinations", may: "Pause, resume and test them." },
  "reconciliation:write": {
    label: "Reconcile",
    may: "Ask providers what should be here. To back-fill what is missing, add a scope for replays.",
  },
  "incidents:write": {
    label: "Work on incidents",
    may: "Open incidents, note, preview and verify. To recover to the end, add a scope for bulk replays.",
  },
  "alerts:write": { label: "Work on alerts", may: "Acknowledge, assign and silence them." },
  "metrics:read": { label: "Read metrics", may: "Metrics and health, for monitoring. No events and no payloads." },
  manage: {
    label: "Manage",
    may: "Manage destinations, sources, people, tokens and the audit log. Give it only where it is needed.",
  },
};

/** Actions as the rest of a sentence that begins with a name, where the general rule below reads badly. */
const ACTION_LABELS: Readonly<Record<string, string>> = {
  "staff.invite": "invited",
  "staff.link": "made a new link for",
  "staff.change_role": "changed the role of",
  "staff.change_organisations": "changed the organisations of",
  "staff.disable": "disabled",
  "staff.enable": "enabled",
  "staff.set_password": "set a new password for",
  "session.start": "signed in as",
  "session.end": "ended a session of",
  "session.end_all": "signed out everywhere:",
  "sign_in.refuse": "was refused a sign-in as",
  "sign_in.lift": "lifted the sign-in limit of",
  "invitation.accept": "accepted the invitation sent to",
  "token.create": "created the API token",
  "token.revoke": "revoked the API token",
  "token.hand_over": "handed over the API token",
  "audit.export": "started to export the audit log",
  "audit.exported": "exported the audit log",
  "replay.export": "started to export the items of",
  "replay.exported": "exported the items of",
  "person.export": "started to export the person of the data request",
  "person.exported": "exported the person of the data request",
  "event.download": "downloaded the body of",
  "event.check": "asked the provider for",
  "api_key.set": "stored an API key for",
  "api_key.delete": "removed the API key of",
  "api_key.test": "tested the API key of",
  "api_configuration.repair": "repaired the provider's configuration of",
  "watch.update": "changed the schedule of",
  "reconciliation.back_fill": "back-filled findings of",
  "preferences.change": "changed what is told to",
};

/** Verbs of actions such as `destination.rotate_secret`, before "the destination". */
const PAST: Readonly<Record<string, string>> = {
  create: "created",
  update: "changed",
  change: "changed",
  delete: "deleted",
  start: "started",
  pause: "paused",
  resume: "resumed",
  cancel: "cancelled",
  enable: "enabled",
  disable: "disabled",
  resolve: "resolved",
  test: "tested",
  sample: "sent a sample to",
  try_now: "sent a test delivery through the open circuit of",
  rotate: "rotated the URL of",
  rotate_secret: "rotated the secret of",
};

/** `paused the destination`; an unknown action by its name. */
export function actionText(action: string): string {
  const [noun = "", verb = ""] = action.split(".");
  return ACTION_LABELS[action] ?? (PAST[verb] ? `${PAST[verb]} the ${noun}` : `${action}:`);
}

/** The subject's name: a token by its name; null when there is no subject to name. */
export function subjectText({ action, subject, details }: StaffAction): string | null {
  if (action.startsWith("audit.export")) return null;
  return action.startsWith("token.") && typeof details.name === "string" ? details.name : subject;
}

/** The page of the subject, where there is one. */
export function subjectAddress({ subject }: StaffAction): string | null {
  if (parseFullId("event", subject) !== undefined) return `/events/${subject}`;
  if (parseFullId("replay", subject) !== undefined) return `/replays/${subject}`;
  if (parseFullId("destination", subject) !== undefined) return `/destinations/${subject}`;
  if (parseFullId("reconciliation", subject) !== undefined) return `/reconciliation/${subject}`;
  if (parseFullId("channel", subject) !== undefined) return "/alerts/channels";
  return null;
}

/** The name that the person set; the e-mail address before that. */
export function callOf({ status, name, email }: Pick<StaffMember, "status" | "name" | "email">): string {
  return status === "invited" ? email : name;
}
