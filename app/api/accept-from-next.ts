/** The App Router's way to the door. server.ts has a shorter one; serverless hosts use this. */
import { accept, maxBodyBytes, refuseTooLarge } from "@/lib/pipeline/accept";
import { hasTooManyHeaders, tooManyHeaders } from "@/lib/pipeline/answer";
import { webhookRoute } from "@/lib/pipeline/door-path";
import type { RawRequest } from "@/lib/providers/provider";

/** Reads the body up to the provider's limit, as bytes, and hands it to accept. */
export async function acceptFromNext(request: Request): Promise<Response> {
  const url = new URL(request.url);
  const path = url.pathname + url.search;
  const received = [...request.headers];
  if (hasTooManyHeaders(received.length)) {
    const answer = tooManyHeaders();
    return new Response(answer.body, answer);
  }
  const slug = webhookRoute(path) ?? "";
  const { body, complete } = await readCapped(request.body, maxBodyBytes(slug));
  const raw: RawRequest = { method: request.method, path, headers: received, body };
  const answer = complete ? await accept(raw) : await refuseTooLarge(slug, raw);
  return new Response(answer.status === 204 ? null : answer.body, answer);
}

/** The body up to a limit; `complete` is false when there was more. */
export async function readCapped(stream: ReadableStream<Uint8Array> | null, limit: number) {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (stream) {
    for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      // Leaving the loop cancels the stream.
      if (size > limit) return { body: Buffer.concat(chunks), complete: false };
      chunks.push(chunk);
    }
  }
  return { body: Buffer.concat(chunks), complete: true };
}
