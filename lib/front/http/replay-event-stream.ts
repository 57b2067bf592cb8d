/** Server-sent events (WHATWG HTML, 9.2) of a replay's progress. */

import { logError } from "@/lib/log";
import { type Moment, watchReplay } from "@/lib/queries/watch-replay";
import type { Scoped } from "@/lib/scope";

/** Proxies cut connections that are silent for a minute. */
const HEARTBEAT_MS = 15_000;
const RECONNECT_MS = 2_000;

interface Watch {
  asker: Scoped;
  /** Aborts when the caller is gone. */
  signal: AbortSignal;
  /** `Last-Event-ID`: the last event the caller saw before its connection broke. */
  lastSeen: string | null;
  /** Rejects once the caller has lost the right to watch: checked with every heartbeat. */
  mayStillWatch(): Promise<unknown>;
}

/** Sends the status JSON now and whenever it changes, then an `end` event with the last status. */
export function eventStream(id: string, { asker, signal, lastSeen, mayStillWatch }: Watch): ReadableStream<Uint8Array> {
  const ending = new AbortController();
  const end = () => ending.abort();
  const encoder = new TextEncoder();
  signal.addEventListener("abort", end, { once: true });

  async function send(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const write = (text: string) => {
      if (!ending.signal.aborted) controller.enqueue(encoder.encode(text));
    };
    const heartbeat = setInterval(() => mayStillWatch().then(() => write(": still here\n\n"), end), HEARTBEAT_MS);
    try {
      write(`retry: ${RECONNECT_MS}\n\n`);
      for await (const moment of watchReplay(id, ending.signal, asker)) {
        if (moment.id !== lastSeen) write(eventOf(moment));
        if (moment.ended) write(`event: end\n${eventOf(moment)}`);
      }
    } finally {
      clearInterval(heartbeat);
      signal.removeEventListener("abort", end);
    }
  }

  let cancelled = false;
  return new ReadableStream({
    start(controller) {
      send(controller)
        .catch((error) => logError("replay_stream", error, { replay_id: id }))
        .finally(() => cancelled || controller.close());
    },
    cancel() {
      cancelled = true;
      end();
    },
  });
}

function eventOf({ id, progress }: Moment): string {
  return `id: ${id}\ndata: ${JSON.stringify(progress)}\n\n`;
}
