/** One wide line of JSON per request and per attempt: ids first, decision included. Never a secret, signature or payload. */

type Fields = Record<string, string | number | boolean | null | undefined>;

const CONTROL = /\p{Cc}/gu;

/** Writes one line to standard output. `event` says what happened: `accept`, `attempt`, `replay`, `request`, … */
export function log(event: string, fields: Fields = {}): void {
  write("info", event, fields);
}

/** The same for what needs an engineer. */
export function logError(event: string, error: unknown, fields: Fields = {}): void {
  const message = error instanceof Error ? error.message : String(error);
  write("error", event, { ...fields, error: message });
}

function write(level: string, event: string, fields: Fields): void {
  const line = JSON.stringify({ at: new Date().toISOString(), level, event, ...fields }, (_, value) =>
    typeof value === "string" ? value.replace(CONTROL, " ").slice(0, 500) : value,
  );
  process.stdout.write(`${line}\n`);
}
