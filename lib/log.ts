/**
 * One wide line of JSON per request and per attempt: ids first, decision included. Never a secret, signature or payload.
 * When the log cannot be written (a full disk, a reader that ended), lines are lost and nothing else fails.
 */
import { processSingleton } from "./process-singleton";

type Fields = Record<string, string | number | boolean | null | undefined>;

const CONTROL = /\p{Cc}/gu;
const MOST_CHARACTERS = 500;

/** Written and lost lines since the start. `lastLostAt` is in milliseconds. */
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

/**
 * The same for a refused request, of which anyone may send any number: ten lines of a kind in ten seconds, then one that
 * says how many more there were. `fields.decision` and the event name the kind.
 */
export function logRefused(event: string, fields: Fields & { decision: string }): void {
  const kind = `${event} ${fields.decision} ${refused.kinds.size < MOST_KINDS ? (fields.provider ?? "") : ""}`;
  const said = refused.kinds.get(kind);
  if (!said) {
    refused.kinds.set(kind, { lines: 1, more: 0 });
    setTimeout(() => sumUp(kind, event, fields), REFUSED_MS).unref();
  } else if (said.lines >= REFUSED_LINES) {
    said.more += 1;
    return;
  } else said.lines += 1;
  log(event, fields);
}

const REFUSED_LINES = 10;
const REFUSED_MS = 10_000;
/** A path may name any provider. Beyond this number, all providers of one decision count as one kind. */
const MOST_KINDS = 200;
const refused = processSingleton("log-refused", () => ({ kinds: new Map<string, { lines: number; more: number }>() }));

function sumUp(kind: string, event: string, { decision, provider }: Fields): void {
  const { more = 0 } = refused.kinds.get(kind) ?? {};
  refused.kinds.delete(kind);
  if (more > 0) log(event, { provider, decision, more, seconds: REFUSED_MS / 1000 });
}

/** The same for errors that need an engineer. */
export function logError(event: string, error: unknown, fields: Fields = {}): void {
  const message = error instanceof Error ? error.message : String(error);
  write("error", event, { ...fields, error: message });
}

/** How many lines could not be written, and why. */
export function logState(): Readonly<LogState> {
  return state;
}

/**
 * Errors of standard output and standard error do not end the process: without a listener, ENOSPC and EPIPE are exceptions.
 * Call it before anything is written.
 */
export function surviveLostLog(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
}

/** The lines of this turn of the event loop, in one write: a write for each took a twentieth of the time of an event. */
const unwritten = processSingleton("log-lines", () => {
  process.on("exit", flush);
  return { text: "", lines: 0 };
});

function write(level: string, event: string, fields: Fields): void {
  const line: Fields = { at: new Date().toISOString(), level, event };
  for (const [name, value] of Object.entries(fields)) {
    line[name] = typeof value === "string" ? value.replace(CONTROL, " ").slice(0, MOST_CHARACTERS) : value;
  }
  if (unwritten.lines === 0) setImmediate(flush);
  unwritten.text += `${JSON.stringify(line)}\n`;
  unwritten.lines += 1;
}

function flush(): void {
  const { text, lines } = unwritten;
  if (lines === 0) return;
  unwritten.text = "";
  unwritten.lines = 0;
  const note = (error?: Error | null) => noteLoss(lines, error);
  // A stream that failed remains closed; a file can be written again when its disk has space.
  if (process.stdout.writable) process.stdout.write(text, note);
  else note(new Error("standard output is closed"));
}

function noteLoss(lines: number, error?: Error | null): void {
  if (!error) return;
  state.lost += lines;
  state.lastLostAt = Date.now();
  state.lastError = (error as NodeJS.ErrnoException).code ?? error.message;
}
