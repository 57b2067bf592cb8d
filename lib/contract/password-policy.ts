/**
 * Which passwords are refused, in the form and on the server at every place that sets one: NIST SP 800-63B 3.1.1.2. Length
 * counts, kinds of characters do not. Common passwords are refused, and passwords made of the person's name or e-mail.
 */
import { SHORTEST_PASSWORD } from "./staff";

const PRODUCT = "redrive";
/** The least number of different characters. */
const LEAST_DIFFERENT = 5;
/** Characters that are not predictable from the one before. */
const LEAST_UNTOLD = 5;
/** Characters that remain when common words, name and e-mail are removed. */
const LEAST_UNKNOWN = 6;

/** Words that long common passwords consist of, in the form that `plain` returns. */
const COMMON =
  "password passwort passphrase pass admin administrator root user guest login letmein welcome changeme change qwerty qwertyuiop " +
  "qwertyuiopasdfghjkl asdfghjkl azerty qazwsx qazwsxedc iloveyou loveyou sunshine princess football baseball basketball " +
  "superman batman dragon monkey shadow master secret default test testing hello helloworld trustno trustnoone whatever " +
  "correcthorsebatterystaple thisisapassword mypassword thisismypassword internet computer starwars pokemon liverpool arsenal " +
  "unbelievable professional international intelligence supernatural transformers needforspeed counterstrike finalfantasy " +
  "sonyericsson leavemealone jamesbond justinbieber chesterfield scandinavian websolutions whosyourdaddy iseedeadpeople " +
  "contortionist devilmaycry manchesterunited worldofwarcraft callofduty harrypotter lordoftherings metallica nirvana " +
  "southpark playstation slipknot blink liverpoolfc realmadrid chocolate butterfly anthony william hannah ashley nicole " +
  "chelsea charlie michael jennifer jordan freedom company summer winter spring autumn monday january december";
const WORDS = [...new Set(COMMON.split(" "))].sort((a, b) => b.length - a.length);
const ROWS = [
  "abcdefghijklmnopqrstuvwxyz",
  "01234567890",
  "1234567890",
  "qwertyuiopasdfghjklzxcvbnm",
  "1q2w3e4r5t6y7u8i9o0p",
  "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
  "q1w2e3r4t5y6u7i8o9p0",
  "zaq12wsxcde34rfvbgt5",
].flatMap((row) => [row.repeat(3), [...row].reverse().join("").repeat(3)]);

/** What is wrong with a password, as a sentence to show next to its field; null when nothing is. `known`: name, e-mail. */
export function passwordProblem(password: string, known: readonly string[] = []): string | null {
  const text = password.normalize("NFKC").trim().toLowerCase();
  const characters = [...text];
  if (characters.length < SHORTEST_PASSWORD) {
    return `It must have at least ${SHORTEST_PASSWORD} characters; white space at its ends does not count.`;
  }
  const visible = characters.filter((character) => character.trim() !== "");
  if (new Set(visible).size < LEAST_DIFFERENT) return `It must have at least ${LEAST_DIFFERENT} different characters.`;
  const compact = visible.join("");
  if (isRun(compact) || untold(compact) < LEAST_UNTOLD)
    return "It is a row of the keyboard or a repetition. A few random words are easiest to remember.";
  const own = [PRODUCT, ...known.flatMap(partsOf)];
  if (unknownIn(compact, own) < LEAST_UNKNOWN) return "It is made of your name, your e-mail or the product's name.";
  if (unknownIn(plain(compact), [...own, ...WORDS]) < LEAST_UNKNOWN) {
    return "It is one of the passwords that are tried first. A few random words are easiest to remember.";
  }
  return null;
}

/** The parts of a name or an e-mail that people use in passwords, the longest first. */
function partsOf(known: string): string[] {
  const text = known.normalize("NFKC").toLowerCase();
  const parts = [text.replace(/\s/g, ""), ...text.split(/[\s@._+-]+/)];
  return parts.filter((part) => part.length >= 3).sort((a, b) => b.length - a.length);
}

/**
 * The number of letters outside of `words`. Digits and signs next to those words do not count, because most people add some.
 */
function unknownIn(text: string, words: readonly string[]): number {
  const left = words.reduce((rest, word) => rest.replaceAll(word, " "), text);
  if (left === text) return text.length;
  return left.replace(/[\d\s\p{P}\p{S}]/gu, "").length;
}

/** With letters for the signs that replace them: `p@ssw0rd` is `password`. */
function plain(text: string): string {
  const letters: Record<string, string> = {
    "@": "a",
    "4": "a",
    "3": "e",
    "1": "i",
    "!": "i",
    "0": "o",
    $: "s",
    "5": "s",
    "7": "t",
  };
  return text.replace(/[@431!0$57]/g, (sign) => letters[sign] ?? sign);
}

/** The keys of a keyboard by their position: neighbours are at most one row and one column apart. */
const KEYS = new Map(
  ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"].flatMap((row, y) =>
    [...row].map((key, x): [string, { x: number; y: number }] => [key, { x, y }]),
  ),
);

/**
 * The number of characters that do not follow from the one before: not its neighbour on the keyboard or in the alphabet, and
 * not the same again.
 */
function untold(text: string): number {
  return [...text].filter((character, n, all) => n === 0 || !isNeighbour(character, all[n - 1] as string)).length;
}

function isNeighbour(one: string, other: string): boolean {
  if (Math.abs(one.charCodeAt(0) - other.charCodeAt(0)) <= 1) return true;
  const [a, b] = [KEYS.get(one), KEYS.get(other)];
  return a !== undefined && b !== undefined && Math.abs(a.x - b.x) <= 1 && Math.abs(a.y - b.y) <= 1;
}

/** True for a few characters repeated over and over, and for rows of the alphabet or the keyboard in either direction. */
export function isRun(text: string): boolean {
  for (let length = 1; length <= Math.min(8, text.length / 2); length += 1) {
    if (
      text
        .slice(0, length)
        .repeat(Math.ceil(text.length / length))
        .startsWith(text)
    )
      return true;
  }
  return ROWS.some((row) => row.includes(text));
}
