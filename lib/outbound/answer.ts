/** What an endpoint answered, in a form that is safe to store: bounded, undecoded, our secrets masked, no cookies. */
import type { IncomingMessage } from "node:http";
import { classOfStatus, type Failure } from "./failure";
import { masker } from "./mask";
import type { OutboundPolicy } from "./policies";

const LONGEST_REASON = 200;

export interface Answer {
  /** Null when the endpoint accepted the event (2xx). */
  failure: Failure | null;
  status: number;
  headers: [string, string][];
  /** The first bytes of the answer's body, as many as the policy keeps, as received. */
  body: Buffer;
  truncated: boolean;
}

interface Reading {
  /** The host's name in messages. */
  host: string;
  /** Aborting it ends the request, and with it the body. */
  deadline: AbortSignal;
  /** Masked wherever the answer repeats them. */
  secrets: readonly string[];
  policy: Pick<OutboundPolicy, "readBytes" | "keptBytes">;
}

/** Reads the rest of an answer whose head has arrived. Never rejects. */
export async function readAnswer(
  response: IncomingMessage,
  { host, deadline, secrets, policy }: Reading,
): Promise<Answer> {
  const { bytes, truncated } = await readBody(response, deadline, policy.readBytes);
  const mask = masker(secrets);
  const status = response.statusCode ?? 0;
  const reason = mask(clean(response.statusMessage ?? "")).slice(0, LONGEST_REASON);
  const body = secrets.length > 0 ? Buffer.from(mask(bytes.toString("latin1")), "latin1") : bytes;
  const accepted = status >= 200 && status < 300;
  return {
    failure: accepted
      ? null
      : { class: classOfStatus(status), message: `${host} answered ${status}${reason && ` ${reason}`}.` },
    status,
    headers: pairs(response.rawHeaders, mask),
    body: body.subarray(0, policy.keptBytes),
    truncated: truncated || body.length > policy.keptBytes,
  };
}

/** Up to `most` bytes. The status is known by then, so an endless or broken body no longer changes the outcome. */
function readBody(
  response: IncomingMessage,
  deadline: AbortSignal,
  most: number,
): Promise<{ bytes: Buffer; truncated: boolean }> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (truncated: boolean) => {
      response.destroy();
      resolve({ bytes: Buffer.concat(chunks), truncated });
    };
    response.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= most) finish(true);
    });
    // A body without a length also ends when we close the connection.
    response.on("end", () => finish(deadline.aborted));
    response.on("error", () => finish(true));
    response.on("close", () => finish(true));
  });
}

/** Cookies are never stored: we would not send them back, and they are secrets of the endpoint. */
function pairs(raw: string[], mask: (text: string) => string): [string, string][] {
  const headers: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = mask(clean(raw[index] ?? ""));
    headers.push([name, /^set-cookie2?$/i.test(name) ? "[redacted]" : mask(clean(raw[index + 1] ?? ""))]);
  }
  return headers;
}

function clean(text: string): string {
  return text.replaceAll("\0", "\uFFFD").toWellFormed();
}
