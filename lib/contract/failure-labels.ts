/** Failures in the words of the Globapay runbook: `failures` answers them, `onlySpecificFailures` takes them. */
import { ERROR_CLASS, type ErrorClassFacts } from "./error-classes";
import type { ErrorClass } from "./vocabulary";

const CLASSES = Object.entries(ERROR_CLASS) as [ErrorClass, ErrorClassFacts][];

/** A label that covers more classes than its own. */
const WIDER: Readonly<Record<string, readonly ErrorClass[]>> = {
  "HTTP 4xx": ["http_4xx", "http_401", "http_422", "http_429"],
};

export const FAILURE_LABELS = CLASSES.map(([, { runbookLabel }]) => runbookLabel);

/** The known label for a word in any case, or for the name of an error class; the word itself when it is unknown. */
export function knownLabel(word: unknown): unknown {
  if (typeof word !== "string") return word;
  if (Object.hasOwn(ERROR_CLASS, word)) return ERROR_CLASS[word as ErrorClass].runbookLabel;
  return FAILURE_LABELS.find((label) => label.toLowerCase() === word.trim().toLowerCase()) ?? word;
}

/** The error classes that known labels cover. */
export function classesOf(labels: readonly string[]): ErrorClass[] {
  const named = (label: string) =>
    CLASSES.filter(([, { runbookLabel }]) => runbookLabel === label).map(([name]) => name);
  const meant = labels.flatMap((label) => WIDER[label] ?? named(label));
  return [...new Set(meant)];
}
