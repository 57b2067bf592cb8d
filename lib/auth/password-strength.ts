/**
 * How easily a password is guessed, by zxcvbn's dictionaries of passwords and words. Server only, and loaded with the first
 * password that is set: the dictionaries are megabytes. The form checks only the cheap rules of
 * lib/contract/password-policy.ts.
 */
import { processSingleton } from "@/lib/process-singleton";

/** 3 of 4: more than 10^8 guesses. */
const LEAST_SCORE = 3;
/** The cost grows with the length, and further characters make no password weaker. */
const LONGEST_CHECKED = 64;

type Estimator = { check(password: string, known: string[]): { score: number; feedback: { warning: string | null } } };

const loaded = processSingleton<{ estimator?: Promise<Estimator> }>("password-strength", () => ({}));

/** Why a password is easily guessed, as a sentence; null when it is not. `known`: name, e-mail. */
export async function guessable(password: string, known: readonly string[]): Promise<string | null> {
  loaded.estimator ??= load().catch((error) => {
    // Loading failed: load again for the next password.
    loaded.estimator = undefined;
    throw error;
  });
  const estimator = await loaded.estimator;
  const parts = known.flatMap((one) => [one, ...one.split(/[\s@._+-]+/)]).filter((part) => part.length >= 3);
  const { score, feedback } = estimator.check(password.slice(0, LONGEST_CHECKED), ["redrive", ...parts]);
  if (score >= LEAST_SCORE) return null;
  return `${feedback.warning ?? "It is guessed within a short time."} A few random words are easiest to remember.`;
}

async function load(): Promise<Estimator> {
  const [{ ZxcvbnFactory }, common, english] = await Promise.all([
    import("@zxcvbn-ts/core"),
    import("@zxcvbn-ts/language-common"),
    import("@zxcvbn-ts/language-en"),
  ]);
  return new ZxcvbnFactory({
    dictionary: { ...common.dictionary, ...english.dictionary },
    graphs: common.adjacencyGraphs,
    translations: english.translations,
  });
}
