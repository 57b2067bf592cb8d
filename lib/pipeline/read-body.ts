/**
 * Reads a Node request's body up to a limit. The App Router's requests are web streams and are read in accept-from-next.ts
 * and lib/front/http.
 */
import type { IncomingMessage } from "node:http";
import { type Admission, openAdmission } from "./admission";

export type BodyRead =
  | { end: "complete"; body: Buffer }
  /** `body` is what had arrived when the limit was passed; the rest is not read. */
  | { end: "too_large"; body: Buffer }
  /** This process holds too many large bodies. What had arrived is dropped. */
  | { end: "no_room"; body: Buffer }
  /** The sender went away, so no answer is needed. */
  | { end: "aborted" };

/**
 * Never rejects. A declared length above the limit counts before the first byte. Call `release` when the body is not needed
 * any more.
 */
export async function readBody(
  request: IncomingMessage,
  capBytes: number,
): Promise<BodyRead & { release: () => void }> {
  if (Number(request.headers["content-length"]) > capBytes) {
    return { end: "too_large", body: Buffer.alloc(0), release: () => {} };
  }
  let stop = (_read: BodyRead) => {};
  const admission = openAdmission(() => stop({ end: "no_room", body: Buffer.alloc(0) }));
  const read = await new Promise<BodyRead>((resolve) => {
    stop = readAll(request, capBytes, admission, resolve);
  });
  if (read.end !== "complete") admission.release();
  return { ...read, release: admission.release };
}

/** Returns the reason when reading ends early: the rest is discarded. */
function readAll(
  request: IncomingMessage,
  capBytes: number,
  admission: Admission,
  resolve: (read: BodyRead) => void,
): (read: BodyRead) => void {
  let chunks: Buffer[] = [];
  let length = 0;
  const stop = (read: BodyRead) => {
    request.off("data", take);
    chunks = [];
    resolve(read);
  };
  const take = (chunk: Buffer) => {
    length += chunk.length;
    chunks.push(chunk);
    if (length > capBytes) {
      request.pause();
      return stop({ end: "too_large", body: Buffer.concat(chunks).subarray(0, capBytes) });
    }
    const room = admission.took(chunk.length);
    if (!room) return;
    request.pause();
    void room.then((hasRoom) => {
      if (!hasRoom) stop({ end: "no_room", body: Buffer.alloc(0) });
      // The rest is discarded, so that the sender can read its answer.
      request.resume();
    });
  };
  request.on("data", take);
  request.once("end", () => {
    admission.complete();
    stop({ end: "complete", body: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, length) });
  });
  request.once("error", () => stop({ end: "aborted" }));
  request.once("close", () => stop({ end: "aborted" }));
  return (read) => {
    stop(read);
    request.resume();
  };
}
