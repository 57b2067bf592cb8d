/** Server-sent events (WHATWG HTML, 9.2) of changes, until the caller leaves or loses the right to watch. */

import type { LiveEventName } from "@/lib/contract/live";
import { logError } from "@/lib/log";
import { changesSince, type News, watchChanges } from "@/lib/queries/live";
import { Refusal } from "@/lib/refusals";
import type { Scoped } from "@/lib/scope";

/** Proxies close connections that are silent for a minute; the client treats 40 s of silence as a lost stream. */
const BEAT_MS = 15_000;
const ASK_AGAIN_EVERY_BEATS = 4;
const RECONNECT_MS = 2_000;
/** The stream of a caller that does not read is closed: it reconnects, and gets what it missed. */
const MOST_UNREAD = 500;

interface Watch {
  /** The cursor of the last event the caller saw; null on its first connection. */
  after: string | null;
  /** Whose objects the changes are about. */
  asker: Scoped;
  /** Aborts when the caller is gone. */
  signal: AbortSignal;
  /** Rejects with a `Refusal` once the caller has lost the right to watch. */
  mayStillWatch(): Promise<unknown>;
}

/** Throws `DatabaseUnavailable` before the stream begins when changes cannot be followed. */
export async function liveStream({ after, asker, signal, mayStillWatch }: Watch): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder();
  // Changes during the read of the past are sent after it.
  let waiting: News[] | undefined = [];
  let out: ReadableStreamDefaultController<Uint8Array> | undefined;
  const write = (text: string) => {
    if (!out) return;
    out.enqueue(encoder.encode(text));
    if ((out.desiredSize ?? 0) < -MOST_UNREAD) end();
  };
  const tell = (news: News) => (waiting ? void waiting.push(news) : write(newsEvent(news)));
  const unwatch = await watchChanges(asker, tell);
  const past = await changesSince(after, asker).catch((error) => {
    unwatch();
    throw error;
  });

  let beats = 0;
  const beat = setInterval(() => {
    write(eventOf("beat"));
    beats += 1;
    if (beats % ASK_AGAIN_EVERY_BEATS === 0) mayStillWatch().catch(endWhenRefused);
  }, BEAT_MS);

  function endWhenRefused(error: unknown): void {
    if (error instanceof Refusal) end();
    else logError("live", error);
  }

  function end(): void {
    stop();
    out?.close();
    out = undefined;
  }

  function stop(): void {
    clearInterval(beat);
    unwatch();
    signal.removeEventListener("abort", end);
  }

  return new ReadableStream({
    start(controller) {
      out = controller;
      write(`retry: ${RECONNECT_MS}\n\n`);
      if (after && past.change?.topics.length !== 0) write(newsEvent(past));
      write(eventOf("ready", past.cursor));
      for (const news of waiting ?? []) write(newsEvent(news));
      waiting = undefined;
      signal.addEventListener("abort", end, { once: true });
      if (signal.aborted) end();
    },
    cancel() {
      out = undefined;
      stop();
    },
  });
}

function newsEvent({ cursor, change }: News): string {
  return change ? eventOf("change", cursor, change) : eventOf("reset", cursor);
}

/** Data is never empty: a browser ignores an event without data. */
function eventOf(name: LiveEventName, cursor?: string, data: object = {}): string {
  return `event: ${name}\n${cursor ? `id: ${cursor}\n` : ""}data: ${JSON.stringify(data)}\n\n`;
}
