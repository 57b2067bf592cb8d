/**
 * Reads a Node request's body up to a limit. The App Router's requests are web streams and are read in accept-from-next.ts
 * and lib/front/http.
 */
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { type Admission, openAdmission } from "./admission";
import { type Extent, KEPT_BYTES } from "./reject";

/** How long we read the beginning of a body that is announced as too large. */
export const BEGINNING_MS = 500;

export type BodyRead =
  | { end: "complete"; body: Buffer }
  /** `body` is the beginning, which is kept as evidence. The rest is not read. */
  | { end: "too_large"; body: Buffer; extent: Extent }
  /** This process holds too many large bodies. What had arrived is dropped. */
  | { end: "no_room"; body: Buffer }
  /** The sender went away, so no answer is needed. */
  | { end: "aborted" };

/**
 * Never rejects. A declared length above the limit counts from the first byte: only as much is read as is kept. Call
 * `release` when the body is not needed any more.
 */
export async function readBody(
  request: IncomingMessage,
  capBytes: number,
): Promise<BodyRead & { release: () => void }> {
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
  const received = receive(capBytes, Number(request.headers["content-length"]));
  // A sender may wait for our answer before it sends more of what is too large.
  const late = received.isTooLarge
    ? setTimeout(() => {
        request.pause();
        stop(received.tooLarge());
      }, BEGINNING_MS)
    : undefined;
  const stop = (read: BodyRead) => {
    clearTimeout(late);
    request.off("data", take);
    received.drop();
    resolve(read);
  };
  const take = (chunk: Buffer) => {
    if (!received.take(chunk)) {
      request.pause();
      return stop(received.tooLarge());
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
    stop(received.end());
  });
  request.once("error", () => stop({ end: "aborted" }));
  request.once("close", () => stop(received.isTooLarge ? received.tooLarge() : { end: "aborted" }));
  return (read) => {
    stop(read);
    request.resume();
  };
}

/**
 * The bytes of a body while they arrive, up to a limit. Of one that is announced as larger, `take` says stop once there is
 * as much as is kept.
 */
export function receive(capBytes: number, declared: number) {
  const isTooLarge = declared > capBytes;
  const most = isTooLarge ? KEPT_BYTES - 1 : capBytes;
  let chunks: Buffer[] = [];
  let length = 0;
  const all = () => {
    // Together in one buffer, the pieces can go: a large body would otherwise be held twice until it is answered.
    if (chunks.length !== 1) chunks = [Buffer.concat(chunks, length)];
    return chunks[0] as Buffer;
  };
  const tooLarge = () => {
    const hash = createHash("sha256");
    for (const chunk of chunks) hash.update(chunk);
    const extent = { read: length, sha256: hash.digest("hex"), ...(declared >= 0 ? { declared } : {}) };
    return { end: "too_large" as const, body: Buffer.from(all().subarray(0, KEPT_BYTES)), extent };
  };
  return {
    isTooLarge,
    tooLarge,
    /** False when no more is needed. */
    take(chunk: Buffer): boolean {
      chunks.push(chunk);
      length += chunk.length;
      return length <= most;
    },
    end: () => (isTooLarge ? tooLarge() : { end: "complete" as const, body: all() }),
    drop() {
      chunks = [];
    },
  };
}
