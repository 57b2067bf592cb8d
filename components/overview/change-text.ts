/** How a figure changed compared with the period before, in words. */
import { count, duration } from "../format";

/** What the success rate means, wherever it is shown. The definition itself is in SQL. */
export const SUCCESS_RATE_MEANS =
  "The share of finished events received in this period that were processed, replayed or resolved. An event counts once, however many attempts it took.";

export function rateChange(now: number | null, before: number | null): string {
  if (now === null) return "no event is finished";
  if (before === null) return "no data before";
  const points = Math.round((now - before) * 10) / 10;
  if (points === 0) return "as before";
  return `${points > 0 ? "▲" : "▼"} ${Math.abs(points).toFixed(1)} points`;
}

/** `▲ 3 more`; with `what`, `3 new, 1 before`. */
export function countChange(now: number, before: number, what?: string): string {
  if (what) return `${count(now)} ${what}, ${count(before)} before`;
  const more = now - before;
  if (more === 0) return "as before";
  return more > 0 ? `▲ ${count(more)} more` : `▼ ${count(-more)} fewer`;
}

/** `▲ 20 ms slower`; null when there is nothing to compare, or no noticeable difference. */
export function durationChange(now: number | null, before: number | null): string | null {
  if (now === null || before === null || Math.abs(now - before) < Math.max(5, before * 0.05)) return null;
  return now > before ? `▲ ${duration(now - before)} slower` : `▼ ${duration(before - now)} faster`;
}
