/**
 * One wide line of JSON per request and per attempt: ids first, decision included. Never a secret, signature or payload.
 * A log that takes no more lines (a full disk, a reader that ended) costs the lines and nothing else.
 */
import { processSingleton } from "./process-singleton";

type Fields = Record<string, string | number | boolean | null | undefined>;

const CONTROL = /\p{Cc}/gu;

/** What has come of lines since the start. `lastLostAt` is in milliseconds. */
export interface LogState {
  lost: number;
  lastLostAt: number | undefined;
  lastError: string | undefined;
}

const state = processSingleton("log", (): LogState => ({ lost: 0, lastLostAt: undefined, lastError: undefined }));

/** Writes one line to standard output. `event` says what happened: `accept`, `attempt`, `replay`, `request`, … */
export function log(event: string, fields: Fields = {}): void {
  write("info", event, fields);
}

/** The same for what needs an engineer. */
export function logError(event: string, error: unknown, fields: Fields = {}): void {
  const message = error instanceof Error ? error.message : String(error);
  write("error", event, { ...fields, error: message });
}

/** How many lines could not be written, and why. */
export function logState(): Readonly<LogState> {
  return state;
}

/**
 * Keeps what standard output and standard error report from ending the process: without a listener, ENOSPC and EPIPE are
 * exceptions. Call it before anything is written.
 */
export function surviveLostLog(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
}

function write(level: string, event: string, fields: Fields): void {
  const line = JSON.stringify({ at: new Date().toISOString(), level, event, ...fields }, (_, value) =>
    typeof value === "string" ? value.replace(CONTROL, " ").slice(0, 500) : value,
  );
  // A stream that failed stays closed; a file takes lines again when its disk has room.
  if (process.stdout.writable) process.stdout.write(`${line}\n`, noteLoss);
  else noteLoss(new Error("standard output is closed"));
}

function noteLoss(error?: Error | null): void {
  if (!error) return;
  state.lost += 1;
  state.lastLostAt = Date.now();
  state.lastError = (error as NodeJS.ErrnoException).code ?? error.message;
}
