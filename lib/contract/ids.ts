/** Ids in the API: a prefix that names the kind, and the number of the row. They are printed and parsed only here. */

const PREFIXES = {
  event: ["we"],
  /** The runbook calls bulk replays `br_12`: this is another name of replay 12. */
  replay: ["wr", "br"],
  attempt: ["wa"],
  destination: ["ds"],
  source: ["so"],
  token: ["tk"],
  session: ["se"],
  view: ["ev"],
  reconciliation: ["rc"],
  finding: ["fi"],
  incident: ["in"],
  incidentRequest: ["ir"],
  alert: ["al"],
  alertRule: ["ar"],
  silence: ["sl"],
  channel: ["ch"],
  notification: ["no"],
} as const satisfies Record<string, readonly [string, ...string[]]>;

export type IdKind = keyof typeof PREFIXES;

/** `12` in the API: `we_12`. */
export function printId<Kind extends IdKind>(kind: Kind, number: number) {
  return `${PREFIXES[kind][0]}_${number}` as const;
}

/** The id of a replay with the runbook's prefix for bulk replays. */
export function printBulkReplayId(number: number) {
  return `${PREFIXES.replay[1]}_${number}` as const;
}

/** The number in `we_12` or `12`; undefined for anything that cannot be such an id. */
export function parseId(kind: IdKind, id: string): number | undefined {
  return ID_PATTERN[kind].test(id) ? numberInId(id) : undefined;
}

/** The number in `we_12`; undefined for anything else, including `12`. */
export function parseFullId(kind: IdKind, id: string): number | undefined {
  return FULL_ID_PATTERN[kind].test(id) ? numberInId(id) : undefined;
}

/** The number of an id that is known to be valid, such as one that SQL returned. */
export function numberInId(id: string): number {
  return Number(id.replace(/^[a-z]{2}_/, ""));
}

/** What is accepted as an id: with its prefix, or only the number. JavaScript represents fifteen digits exactly. */
export const ID_PATTERN = patterns((prefixes) => new RegExp(`^(${prefixes})?\\d{1,15}$`));

const FULL_ID_PATTERN = patterns((prefixes) => new RegExp(`^(${prefixes})\\d{1,15}$`));

function patterns(patternOf: (prefixes: string) => RegExp): Record<IdKind, RegExp> {
  const entries = Object.entries(PREFIXES).map(([kind, prefixes]) => {
    const alternatives = prefixes.map((prefix) => `${prefix}_`).join("|");
    return [kind, patternOf(alternatives)];
  });
  return Object.fromEntries(entries) as Record<IdKind, RegExp>;
}
