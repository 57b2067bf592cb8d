/** Ids as callers see them: a prefix that says what it is, and the number of its row. They are printed and read here alone. */

const PREFIXES = {
  event: ["we"],
  /** The runbook calls bulk replays `br_12`: that is replay 12 under its other name. */
  replay: ["wr", "br"],
  attempt: ["wa"],
  destination: ["ds"],
  source: ["so"],
  token: ["tk"],
  session: ["se"],
  view: ["ev"],
} as const satisfies Record<string, readonly [string, ...string[]]>;

export type IdKind = keyof typeof PREFIXES;

/** `12` as callers see it: `we_12`. */
export function printId<Kind extends IdKind>(kind: Kind, number: number) {
  return `${PREFIXES[kind][0]}_${number}` as const;
}

/** A replay under the name that the runbook has for bulk replays. */
export function printBulkReplayId(number: number) {
  return `${PREFIXES.replay[1]}_${number}` as const;
}

/** The number in `we_12` or `12`; undefined for what cannot be such an id. */
export function parseId(kind: IdKind, id: string): number | undefined {
  return ID_PATTERN[kind].test(id) ? numberInId(id) : undefined;
}

/** The number in `we_12`; undefined for anything else, `12` included. */
export function parseFullId(kind: IdKind, id: string): number | undefined {
  return FULL_ID_PATTERN[kind].test(id) ? numberInId(id) : undefined;
}

/** The number of an id that is known to be one, as those that SQL answers. */
export function numberInId(id: string): number {
  return Number(id.replace(/^[a-z]{2}_/, ""));
}

/** What may be read as an id: with its prefix, or its number alone. Fifteen digits are what JavaScript counts exactly. */
export const ID_PATTERN = patterns((prefixes) => new RegExp(`^(${prefixes})?\\d{1,15}$`));

const FULL_ID_PATTERN = patterns((prefixes) => new RegExp(`^(${prefixes})\\d{1,15}$`));

function patterns(patternOf: (prefixes: string) => RegExp): Record<IdKind, RegExp> {
  const entries = Object.entries(PREFIXES).map(([kind, prefixes]) => {
    const alternatives = prefixes.map((prefix) => `${prefix}_`).join("|");
    return [kind, patternOf(alternatives)];
  });
  return Object.fromEntries(entries) as Record<IdKind, RegExp>;
}
