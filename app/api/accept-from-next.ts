/** The App Router's way to the door. server.ts has a shorter one; serverless hosts use this. */
import { accept, maxBodyBytes, refuseTooLarge } from "@/lib/pipeline/accept";
import { type Answer, hasTooManyHeaders, tooManyHeaders } from "@/lib/pipeline/answer";
import { webhookRoute } from "@/lib/pipeline/door-path";
import { refuseWrongAddress } from "@/lib/pipeline/wrong-address";
import type { RawRequest } from "@/lib/providers/provider";
import { readCapped } from "./read-body";

/** Reads the body up to the provider's limit, as bytes, and hands it to accept. */
export async function acceptFromNext(request: Request): Promise<Response> {
  const url = new URL(request.url);
  const path = url.pathname + url.search;
  const received = [...request.headers];
  if (hasTooManyHeaders(received.length)) return responseOf(tooManyHeaders());
  const slug = webhookRoute(path);
  if (slug === undefined)
    return responseOf(await refuseWrongAddress({ method: request.method, path, headers: received }));
  const { body, complete } = await readCapped(request.body, maxBodyBytes(slug));
  const raw: RawRequest = { method: request.method, path, headers: received, body };
  const answer = complete ? await accept(raw) : await refuseTooLarge(slug, raw);
  return responseOf(answer);
}

export function responseOf(answer: Answer): Response {
  return new Response(answer.status === 204 ? null : answer.body, answer);
}
