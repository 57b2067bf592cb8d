/** Whether Postgres would compress a large body in vain. */
import { constants, deflateRawSync } from "node:zlib";

/** Smaller bodies are compressed in no time. */
const LARGE_BYTES = 64 * 1024;
const SAMPLE_BYTES = 8 * 1024;
/** Postgres keeps what became a quarter smaller. */
const MOST_RATIO = 0.75;

/**
 * Judged by the repetitions in a sample from the middle: like Postgres, without codes for frequent letters. Text made of
 * digits or base64 has few.
 */
export function isDense(body: Buffer): boolean {
  if (body.length <= LARGE_BYTES) return false;
  const from = (body.length - SAMPLE_BYTES) >> 1;
  const sample = body.subarray(from, from + SAMPLE_BYTES);
  return deflateRawSync(sample, { level: 1, strategy: constants.Z_FIXED }).length > SAMPLE_BYTES * MOST_RATIO;
}
