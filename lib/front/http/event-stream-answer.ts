import type { Actor } from "@/lib/auth/permissions";
import { takeStream } from "@/lib/front/stream-slots";

/**
 * A stream of server-sent events as an answer that no proxy may buffer. Counts as one of the caller's streams until it ends.
 * Throws a `Refusal`, before anything is opened, when they have too many.
 */
export async function eventStreamAnswer(
  { actor, request }: { actor: Actor; request: Request },
  open: () => ReadableStream<Uint8Array> | Promise<ReadableStream<Uint8Array>>,
): Promise<Response> {
  const release = takeStream(actor);
  try {
    request.signal.addEventListener("abort", release, { once: true });
    if (request.signal.aborted) release();
    // no-transform: compression would delay events. nginx reads the last header.
    const headers = { "content-type": "text/event-stream", "cache-control": "private, no-store, no-transform" };
    return new Response(whenOver(await open(), release), { headers: { ...headers, "x-accel-buffering": "no" } });
  } catch (error) {
    release();
    throw error;
  }
}

/** The same stream; `over` is called when it ends, fails or is cancelled. */
function whenOver(stream: ReadableStream<Uint8Array>, over: () => void): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  const failed = (error: unknown) => {
    over();
    throw error;
  };
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await reader.read().catch(failed);
        if (!done) return controller.enqueue(value);
        over();
        controller.close();
      },
      async cancel(reason) {
        over();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
