/** How text becomes words that are searched for: the same when an event is stored and when a user searches. */

/** Longer words are no names or numbers, and Postgres refuses words above 2,046 bytes. */
const LONGEST = 200;
/** Per event: each costs time when the event is accepted. */
const MOST = 12;

/**
 * Words in lower case, each once. A word ends at white space alone: an address stays whole, and so does `HD-0042`.
 * `#1042` and `+1202…` lose their sign, which people leave out.
 */
export function searchTerms(texts: readonly unknown[]): string[] {
  const found = new Set<string>();
  for (const text of texts) {
    if (typeof text !== "string" && !Number.isSafeInteger(text)) continue;
    for (const word of wordsIn(String(text))) {
      const bare = word.replace(AROUND, "");
      if (bare !== "" && bare.length <= LONGEST) found.add(bare);
      if (found.size === MOST) return [...found];
    }
  }
  return [...found];
}

const AROUND = /^[#+"'(<]+|[,;"')>]+$/g;
/** Most texts are one word of ASCII: an id, a number, an address. */
const ONE_PLAIN_WORD = /^[!-~]+$/;

function wordsIn(text: string): string[] {
  if (ONE_PLAIN_WORD.test(text)) return [text.toLowerCase()];
  return text
    .slice(0, 1_000)
    .normalize("NFKC")
    .toWellFormed()
    .toLowerCase()
    .split(/[\s\p{Cc}]+/u);
}
