/** Limits how deep and how wide the JSON of a request may be, checked on its bytes before it is parsed. */
import { Problem } from "./problem";

const DEEPEST = 64;
const MOST_VALUES = 10_000;

interface Limits {
  mostValues?: number;
  /** The lists of the body and how long each may be, for the error: {event_ids: 1000}. */
  longestLists?: readonly [string, number][];
}

/** Throws a 400 `Problem` that names `body`. Takes one pass and does not recurse. Bytes that are not JSON pass. */
export function checkJsonShape(bytes: Buffer, { mostValues = MOST_VALUES, longestLists = [] }: Limits = {}): void {
  let depth = 0;
  let values = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (inString) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth++;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) depth--;
    else if (byte === COMMA) values++;
    if (depth > DEEPEST) throw refused(`It is nested deeper than ${DEEPEST} levels.`);
    if (values >= mostValues) {
      const lists = longestLists.map(([name, most]) => ` ${name} takes at most ${most}.`);
      throw refused(`It has more than ${mostValues} values.${lists.join("")}`);
    }
  }
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];

function refused(detail: string): Problem {
  return new Problem({ status: 400, title: "The value of body is not valid.", detail, field: "body" });
}
