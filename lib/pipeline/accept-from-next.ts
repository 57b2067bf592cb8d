/** The App Router's handler of webhook endpoints. server.ts has a shorter path; serverless hosts use this one. */
import { senderNetwork } from "@/lib/front/sender-network";
import { accept, maxBodyBytes, refuseSender, refuseTooLarge, refuseUntilLater } from "@/lib/pipeline/accept";
import { openAdmission } from "@/lib/pipeline/admission";
import { type Answer, hasTooManyHeaders, tooManyHeaders } from "@/lib/pipeline/answer";
import { takeSenderTurn } from "@/lib/pipeline/sender-limit";
import { webhookRoute } from "@/lib/pipeline/webhook-path";
import { refuseWrongAddress } from "@/lib/pipeline/wrong-address";
import type { RawRequest } from "@/lib/providers/provider";
import { BEGINNING_MS, type BodyRead, receive } from "./read-body";

/** Reads the body as bytes, up to the provider's limit, and passes it to accept. */
export async function acceptFromNext(request: Request): Promise<Response> {
  const url = new URL(request.url);
  const path = url.pathname + url.search;
  const received = [...request.headers];
  if (hasTooManyHeaders(received.length)) return responseOf(tooManyHeaders());
  const slug = webhookRoute(path);
  if (slug === undefined)
    return responseOf(await refuseWrongAddress({ method: request.method, path, headers: received }));
  const network = senderNetwork(request.headers);
  const unread = { method: request.method, path, headers: received, network };
  const turn = await takeSenderTurn(network);
  if ("seconds" in turn) return responseOf(await refuseSender(slug, unread, turn.seconds));
  try {
    const { read, release } = await readAdmitted(request, maxBodyBytes(slug));
    return responseOf(await answerTo(read, slug, { ...unread, body: read.body }).finally(release));
  } finally {
    turn.done();
  }
}

/** What a webhook endpoint answers to what was read of a request. */
export function answerTo(read: Exclude<BodyRead, { end: "aborted" }>, slug: string, raw: RawRequest): Promise<Answer> {
  if (read.end === "complete") return accept(raw);
  return read.end === "too_large" ? refuseTooLarge(slug, raw, read.extent) : refuseUntilLater(slug, raw);
}

/** The body up to a limit, while this process has memory for it. `release` gives its memory back. */
async function readAdmitted({ body, headers }: Request, limit: number) {
  let isTooSlow = false;
  const reader = body?.getReader();
  const admission = openAdmission(() => {
    isTooSlow = true;
    void reader?.cancel().catch(() => {});
  });
  const stop = (read: Exclude<BodyRead, { end: "aborted" }>) => {
    admission.release();
    void reader?.cancel().catch(() => {});
    return { read, release: admission.release };
  };
  const received = receive(limit, Number(headers.get("content-length") ?? Number.NaN));
  // A sender may wait for our answer before it sends more of what is too large.
  const late = received.isTooLarge ? setTimeout(() => void reader?.cancel().catch(() => {}), BEGINNING_MS) : undefined;
  const noRoom = { end: "no_room", body: Buffer.alloc(0) } as const;
  try {
    for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
      if (!received.take(Buffer.from(next.value.buffer, next.value.byteOffset, next.value.length))) {
        return stop(received.tooLarge());
      }
      if ((await admission.took(next.value.length)) === false) return stop(noRoom);
    }
  } catch (error) {
    admission.release();
    throw error;
  } finally {
    clearTimeout(late);
  }
  if (isTooSlow) return stop(noRoom);
  admission.complete();
  const read = received.end();
  return read.end === "too_large" ? stop(read) : { read, release: admission.release };
}

export function responseOf(answer: Answer): Response {
  return new Response(answer.status === 204 ? null : answer.body, answer);
}
