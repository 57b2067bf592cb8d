/**
 * The rows that Mitto's reports keep up to date: `sms_recipients`, one per message and organisation (the shop). A report of
 * another shop has another row, whatever id it names. A source says which shop it is; a reference is the sender's own text,
 * and names the shop only where there is no source. Reports arrive in any order, up to 48 hours late, and all carry the
 * time when the message was sent. So the status decides, and a final status never changes back.
 */
import { parseUnixTimestamp } from "../hmac";
import {
  type Change,
  InvalidPayload,
  type Json,
  type ProjectableEvent,
  type Provider,
  rankedVersionOf,
} from "../provider";
import { at, idFrom, isoFromUnix, keyFrom, present } from "../shape";

/** Per field: the setting that names it, and its default names, in any case. */
const FIELDS = {
  id: { setting: "id_field", label: "Id field", names: ["id", "msgid", "messageid", "message_id"] },
  status: { setting: "status_field", label: "Status field", names: ["status", "deliverystatus"] },
  errorCode: { setting: "errorcode_field", label: "Error code field", names: ["errorcode", "error_code"] },
  receiver: { setting: "receiver_field", label: "Receiver field", names: ["receiver", "to", "msisdn"] },
  reference: { setting: "reference_field", label: "Reference field", names: ["reference"] },
  sentAt: { setting: "sendtimestamp_field", label: "Send time field", names: ["sendtimestamp"] },
} as const;

type Field = keyof typeof FIELDS;

/** The settings of a source, for callbacks whose template renames fields. */
export const DLR_SETTINGS: NonNullable<Provider["settings"]> = Object.fromEntries(
  Object.values(FIELDS).map(({ setting, label, names }) => [
    setting,
    {
      label,
      help: `What the callback's template calls it. Default: ${names.join(", ")}, in any case.`,
      read: readFieldName,
    },
  ]),
);

/** A report with our field names; the status in lower case. Missing and invalid fields are undefined. */
export function readDlr(payload: unknown, settings: Readonly<Record<string, string>> = {}) {
  const nameOf = namesIn(payload, settings);
  const read = (field: Field): string | undefined => {
    const name = nameOf(field);
    return name === undefined ? undefined : idFrom(at(payload, name))?.trim();
  };
  return {
    id: read("id"),
    status: read("status")?.toLowerCase(),
    errorCode: read("errorCode"),
    receiver: read("receiver"),
    reference: read("reference"),
    sentAt: isoFromUnix(parseUnixTimestamp(read("sentAt"))),
  };
}

/**
 * An earlier report of a message with another status, in the words of its template: the rest of it says whose message it is.
 * Without its error code, which was that of the earlier status.
 */
export function withStatus(
  payload: unknown,
  settings: Readonly<Record<string, string>>,
  changed: { id: string; status: string },
): Record<string, Json> {
  const own = typeof payload === "object" && payload !== null && !Array.isArray(payload) ? payload : {};
  const nameOf = namesIn(own, settings);
  const errorCode = nameOf("errorCode");
  const kept = Object.entries(own).filter(([name]) => name !== errorCode);
  const usual = { id: "Id", status: "status" } as const;
  const written = (["id", "status"] as const).map((field) => [
    nameOf(field) ?? (settings[FIELDS[field].setting]?.trim() || usual[field]),
    changed[field],
  ]);
  return Object.fromEntries([...kept, ...written]);
}

/** What a report calls a field: by the setting, else by its default names, in any case. */
function namesIn(payload: unknown, settings: Readonly<Record<string, string>>): (field: Field) => string | undefined {
  const own = typeof payload === "object" && payload !== null ? payload : {};
  const lower = new Map(Object.keys(own).map((name) => [name.toLowerCase(), name]));
  return (field) => {
    const { setting, names } = FIELDS[field];
    const set = settings[setting]?.trim();
    if (set) return Object.hasOwn(own, set) ? set : lower.get(set.toLowerCase());
    return names.map((known) => lower.get(known)).find((known) => known !== undefined);
  };
}

/** `"MsgRef"`, `{MsgRef}`, `?MsgRef=` and `MsgRef=~msgid~`, as templates have it, are the field `MsgRef`. */
function readFieldName(text: string): { value: string } | { problem: string } {
  const [name = ""] = text
    .trim()
    .replace(/^[?&"'{$%]+/, "")
    .split(/["'}%]*\s*[=:]/);
  const bare = name.replace(/["'}%]+$/, "");
  return /^[^\s"'{}=&?~]+$/.test(bare) ? { value: bare } : { problem: "is the name of one field, such as MsgRef." };
}

/** The sender of a message may set its reference: `<shop>:<anything>` names the shop. */
export function shopInReference(reference: string | undefined): string | undefined {
  const [, shop] = /^([^:]+):/.exec(reference ?? "") ?? [];
  return idFrom(shop);
}

/** SMPP 3.4, appendix B: the words that carriers write into receipts, cut to seven letters. */
const SMPP: Readonly<Record<string, string>> = {
  accptd: "accepted",
  acceptd: "accepted",
  delivrd: "delivered",
  undeliv: "undelivered",
  rejectd: "rejected",
  schedld: "scheduled",
};

/** Later states have higher ranks; from 8 on they are final. */
const RANKS: Readonly<Record<string, number>> = {
  scheduled: 1,
  pending: 1,
  accepted: 1,
  queued: 1,
  buffered: 2,
  enroute: 3,
  sent: 3,
  // SMPP's own word for a state that the carrier does not know.
  unknown: 4,
  expired: 8,
  deleted: 8,
  rejected: 8,
  failed: 8,
  failure: 8,
  undelivered: 8,
  // A carrier may report a failure first and the delivery later. A delivered message stays delivered.
  delivered: 9,
};
/** A word that is not in the list: it may mean anything, so it never replaces a final one. */
const UNKNOWN_RANK = 5;

export function isKnownStatus(status: string): boolean {
  return Object.hasOwn(RANKS, statusOf(status));
}

/** The word for a status that our rows have: for `DELIVRD` delivered. */
function statusOf(written: string): string {
  return Object.hasOwn(SMPP, written) ? (SMPP[written] as string) : written;
}

/** From this rank on a status is final. */
const FINAL_RANK = 8;

/** Whether nothing is to follow it, by a status as a report or Mitto's API writes it. */
export function isFinal(status: string): boolean {
  return rankOf(statusOf(status.toLowerCase())) >= FINAL_RANK;
}

/**
 * What reports and Mitto's API have in common: the message and how it ended. All failures are one: the API has a single word
 * for them.
 */
export function logicalKeyOf(id: string | undefined, status: string | undefined): string | undefined {
  if (id === undefined || status === undefined) return undefined;
  const known = statusOf(status.toLowerCase());
  return keyFrom(`dlr:${id}:${rankOf(known) === FINAL_RANK ? "failed" : known}`);
}

function rankOf(status: string): number {
  return Object.hasOwn(RANKS, status) ? (RANKS[status] as number) : UNKNOWN_RANK;
}

export const mittoProjections: Readonly<Record<string, (event: ProjectableEvent) => Change[]>> = {
  dlr(event) {
    if (Array.isArray(event.payload)) throw new InvalidPayload("body", "expected up to 1000 objects in an array");
    const dlr = readDlr(event.payload, event.settings);
    if (dlr.id === undefined) throw new InvalidPayload("Id", "expected the id of a message");
    if (dlr.status === undefined) throw new InvalidPayload("status", "expected a delivery status");
    const status = statusOf(dlr.status);
    return [
      {
        table: "sms_recipients",
        key: { organisation_id: event.organisationId ?? "", message_id: dlr.id },
        values: present({
          status,
          error_code: dlr.errorCode ?? null,
          phone: dlr.receiver,
          reference: dlr.reference,
          sent_at: dlr.sentAt,
        }),
        version: rankedVersionOf(event, rankOf(status)),
      },
    ];
  },
};
