/** Formats numbers and times for people. In one place, so that a value always reads the same. */

const counts = new Intl.NumberFormat("en-GB");

export const count = (value: number): string => counts.format(value);

/** `1 event`, `3,481 events`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** `84 ms`, `1.2 s`, `4 min`, `2 h 5 min`, `3 d 2 h`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1_000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return pair(hours, "h", minutes % 60, "min");
  return pair(Math.floor(hours / 24), "d", hours % 24, "h");
}

function pair(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;
}

/** `812 B`, `4.1 KB`, `1.0 MB`. */
export function size(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  if (bytes < 1_024 ** 2) return `${(bytes / 1_024).toFixed(1)} KB`;
  return `${(bytes / 1_024 ** 2).toFixed(1)} MB`;
}

/** `99.4 %`. Never rounds up to 100 while anything failed. */
export function percent(value: number | null): string {
  if (value === null) return "–";
  const shown = value < 100 ? Math.min(99.9, Math.round(value * 10) / 10) : 100;
  return `${shown.toFixed(shown === 100 ? 0 : 1)} %`;
}

/** `now`, `12 s ago`, `2 min ago`, `in 40 s`. The clocks of server and browser differ, so one second ahead is `now`. */
export function relative(atMs: number, nowMs: number): string {
  const away = nowMs - atMs;
  if (Math.abs(away) < 1_500) return "now";
  const words = coarse(Math.abs(away));
  return away > 0 ? `${words} ago` : `in ${words}`;
}

function coarse(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}

const local = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

/** In the reader's own time zone: `22 Nov 2025, 04:17:09`. */
export function localTime(iso: string): string {
  return local.format(new Date(iso));
}

const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const hourAndMinute = new Intl.DateTimeFormat("en-GB", { timeStyle: "short" });
const dayAndMonth = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

/** `16:09:10`, `16:09` and `22 Nov`, in the reader's own time zone. */
export const exactClock = (at: number): string => clock.format(at);
export const shortClock = (at: number): string => hourAndMinute.format(at);
export const shortDay = (at: number): string => dayAndMonth.format(at);

/** `16:09:10` of today, with its day otherwise. In the reader's own time zone. */
export function localClock(iso: string): string {
  const at = new Date(iso);
  return at.toDateString() === new Date().toDateString() ? clock.format(at) : localTime(iso);
}

/** `2025-11-22 04:17:09.120 UTC`. */
export function utcTime(iso: string): string {
  return `${new Date(iso).toISOString().replace("T", " ").replace("Z", "")} UTC`;
}

/** As `<input type="datetime-local">` takes it, in the reader's own time zone: `2025-11-22T05:17:09`. */
export function fieldTime(iso: string): string {
  const date = new Date(iso);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
