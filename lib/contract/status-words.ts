/** The words that callers may write for the status of an event, ours and the runbooks', in one table. */
import { z } from "zod";
import { Constants } from "@/lib/db/database.types";
import type { EventStatus } from "./vocabulary";

/** `timeout` is no status: it is a failed or dead event whose last error is a timeout. */
export type FilterStatus = EventStatus | "timeout";

const OURS: readonly FilterStatus[] = [...Constants.public.Enums.event_status, "timeout"];

const WORDS: Readonly<Record<string, readonly FilterStatus[]>> = {
  retry_exhausted: ["dead"],
  dead_letter: ["dead"],
  failure: ["failed", "dead"],
  success: ["processed", "replayed"],
  pending: ["received"],
};

/** To a merchant, a failure that will be retried and one that will not are the same. */
const MERCHANT_WORDS = { ...WORDS, failed: ["failed", "dead"] } as const satisfies typeof WORDS;

const names = (words: object) => [...new Set([...OURS, ...Object.keys(words)])];

/** A list of these words as statuses, each once. */
function statusesBy(words: typeof WORDS) {
  const known = names(words);
  return z.preprocess(
    (value) => {
      const given = typeof value === "string" ? value.split(",").filter(Boolean) : value;
      return Array.isArray(given) ? [...new Set(given.flatMap((word) => meaningOf(word, words)))] : given;
    },
    z
      .array(z.enum(OURS as [FilterStatus, ...FilterStatus[]], `must be of: ${known.join(", ")}`))
      .describe(`Any of: ${known.join(", ")}.`),
  );
}

function meaningOf(word: unknown, words: typeof WORDS): readonly unknown[] {
  if (typeof word !== "string") return [word];
  const plain = word.trim().toLowerCase();
  return Object.hasOwn(words, plain) ? (words[plain] ?? []) : [plain];
}

/** `GET /api/webhooks/events` and what filters like it. */
export const filterStatuses = statusesBy(WORDS);
/** The merchant-delivery API of the Globapay runbook. */
export const merchantStatuses = statusesBy(MERCHANT_WORDS);
