/** A stream of server-sent events as an answer that nothing on the way may collect before passing it on. */
export function eventStreamAnswer(stream: ReadableStream<Uint8Array>): Response {
  // no-transform: compression would hold events back. nginx reads the last one.
  const headers = { "content-type": "text/event-stream", "cache-control": "private, no-store, no-transform" };
  return new Response(stream, { headers: { ...headers, "x-accel-buffering": "no" } });
}
