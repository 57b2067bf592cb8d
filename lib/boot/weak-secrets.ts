/** Secrets that are too easy to guess. Only those that an operator chooses are checked, not those from a provider. */
import { isRun } from "../contract/password-policy";

/** Bits. `openssl rand -hex 16` has 128; a phrase of three unusual words some 50. */
const LEAST_BITS = 48;
const LEAST_DIFFERENT = 6;
/** Common words of placeholders. Each counts as one guess among some thirty. */
const WORD =
  /change|me\b|secrets?|passw(or)?d|pass|token|api|key|example|default|placeholder|replace|your|my|super|this|please|some|long|random|string|here|value|tests?|dev|local|prod|admin|root|redrive|insert|todo|foo|bar|baz|qwerty|asdf|hello|world|openssl|rand|hex/gi;
const WORD_BITS = 5;

/** Why a secret is refused, to be appended to its name; null when it is not. */
export function weakness(secret: string): string | null {
  if (new Set(secret).size < LEAST_DIFFERENT) return "has too few different characters";
  if (isRun(secret.toLowerCase())) return "is a repetition or a row of the keyboard";
  return bitsOf(secret) < LEAST_BITS ? "is too easy to guess" : null;
}

/** A rough upper estimate: known words, rows and repetitions count little, all other characters as random. */
function bitsOf(secret: string): number {
  const words = secret.match(WORD)?.length ?? 0;
  const rest = secret.replace(WORD, " ");
  return words * WORD_BITS + piecesOf(rest).length * Math.log2(alphabetOf(rest));
}

/** Characters that do not follow from the two before them: `0123456789` counts as three. */
function piecesOf(text: string): string[] {
  const codes = [...text].map((character) => character.charCodeAt(0));
  return [...text].filter((character, n) => {
    const step = (codes[n] as number) - (codes[n - 1] as number);
    const isTold = n >= 2 && Math.abs(step) <= 1 && step === (codes[n - 1] as number) - (codes[n - 2] as number);
    return /[\p{L}\p{N}]/u.test(character) && !isTold;
  });
}

function alphabetOf(text: string): number {
  const kinds: [RegExp, number][] = [
    [/[a-z]/, 26],
    [/[A-Z]/, 26],
    [/\d/, 10],
  ];
  const size = kinds.reduce((sum, [kind, size]) => sum + (kind.test(text) ? size : 0), 0);
  return Math.max(size, 2);
}
