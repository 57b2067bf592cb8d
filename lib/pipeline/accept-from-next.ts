/** The App Router's handler of webhook endpoints. server.ts has a shorter path; serverless hosts use this one. */
import { accept, maxBodyBytes, refuseTooLarge, refuseUntilLater } from "@/lib/pipeline/accept";
import { openAdmission } from "@/lib/pipeline/admission";
import { type Answer, hasTooManyHeaders, tooManyHeaders } from "@/lib/pipeline/answer";
import { webhookRoute } from "@/lib/pipeline/webhook-path";
import { refuseWrongAddress } from "@/lib/pipeline/wrong-address";
import type { RawRequest } from "@/lib/providers/provider";

/** Reads the body as bytes, up to the provider's limit, and passes it to accept. */
export async function acceptFromNext(request: Request): Promise<Response> {
  const url = new URL(request.url);
  const path = url.pathname + url.search;
  const received = [...request.headers];
  if (hasTooManyHeaders(received.length)) return responseOf(tooManyHeaders());
  const slug = webhookRoute(path);
  if (slug === undefined)
    return responseOf(await refuseWrongAddress({ method: request.method, path, headers: received }));
  const { body, end, release } = await readAdmitted(request.body, maxBodyBytes(slug));
  try {
    const raw: RawRequest = { method: request.method, path, headers: received, body };
    const answer =
      end === "complete"
        ? await accept(raw)
        : await (end === "too_large" ? refuseTooLarge(slug, raw) : refuseUntilLater(slug, raw));
    return responseOf(answer);
  } finally {
    release();
  }
}

/** The body up to a limit, while this process has memory for it. `release` gives its memory back. */
async function readAdmitted(stream: ReadableStream<Uint8Array> | null, limit: number) {
  let isTooSlow = false;
  const reader = stream?.getReader();
  const admission = openAdmission(() => {
    isTooSlow = true;
    void reader?.cancel().catch(() => {});
  });
  const stop = (end: "too_large" | "no_room", body = Buffer.alloc(0)) => {
    admission.release();
    void reader?.cancel().catch(() => {});
    return { body, end, release: admission.release };
  };
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
      size += read.value.length;
      if (size > limit) return stop("too_large", Buffer.concat(chunks));
      chunks.push(read.value);
      if ((await admission.took(read.value.length)) === false) return stop("no_room");
    }
  } catch (error) {
    admission.release();
    throw error;
  }
  if (isTooSlow) return stop("no_room");
  admission.complete();
  return { body: Buffer.concat(chunks), end: "complete" as const, release: admission.release };
}

export function responseOf(answer: Answer): Response {
  return new Response(answer.status === 204 ? null : answer.body, answer);
}
