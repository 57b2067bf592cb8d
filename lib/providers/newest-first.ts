/**
 * Reading a list that is sorted by its newest change and cut into numbered pages, while it moves. What changes meanwhile goes
 * to its top, so it may jump over the place that is read next: the top is read again, as far down as it was when the walk
 * began, until one page holds all of it.
 */
import { ApiFailure } from "./api";

/** Where a walk is. Stored as the cursor of a page. */
export interface Walk {
  /** From 0. */
  page: number;
  /** Ends at the first item that is older, in milliseconds. */
  since: number;
  /** The newest time when this walk began; null before its first page. */
  top: number | null;
  /** How many items the list had when this walk began. */
  count: number | null;
  round: number;
}

const MOST_ROUNDS = 20;

export function walkSince(time: Date): Walk {
  return { page: 0, since: time.getTime(), top: null, count: null, round: 1 };
}

/**
 * The next page's walk, from the times of this page in its order; null when nothing was jumped over. Throws when they are not
 * in that order: the end would be taken for somewhere in the middle.
 */
export function nextWalk(walk: Walk, times: readonly number[], count: number | null, isLast: boolean): Walk | null {
  const { page, since, round } = walk;
  if (times.some((time, index) => time > (times[index - 1] ?? time))) {
    throw new ApiFailure("malformed", "The list is not sorted by its newest change.");
  }
  const top = walk.top ?? times[0] ?? since;
  const counted = walk.count ?? count;
  const oldest = times.at(-1) ?? Number.NEGATIVE_INFINITY;
  if (!isLast && oldest >= since) return { ...walk, page: page + 1, top, count: counted };
  if (page === 0) return null;
  if (round >= MOST_ROUNDS) throw new ApiFailure("unavailable", "The list changes faster than it can be read.");
  // Something was deleted, so what followed it moved up, maybe over the edge of a page.
  const hasShrunk = count !== null && counted !== null && count < counted;
  return { page: 0, since: hasShrunk ? since : Math.max(since, top), top: null, count: null, round: round + 1 };
}
