/** Reads a Node request's body up to a cap. The App Router's requests are web streams and are read in app/api. */
import type { IncomingMessage } from "node:http";
import { type Admission, openAdmission } from "./admission";

export type BodyRead =
  | { end: "complete"; body: Buffer }
  /** `body` is what had arrived when the cap was passed; the rest is not read. */
  | { end: "too_large"; body: Buffer }
  /** Too many large bodies are here already. What had arrived is forgotten. */
  | { end: "no_room"; body: Buffer }
  /** The sender went away. There is no one to answer. */
  | { end: "aborted" };

/** Never rejects. A declared length above the cap counts before the first byte. Call `release` once the body is not needed. */
export async function readBody(
  request: IncomingMessage,
  capBytes: number,
): Promise<BodyRead & { release: () => void }> {
  if (Number(request.headers["content-length"]) > capBytes) {
    return { end: "too_large", body: Buffer.alloc(0), release: () => {} };
  }
  let giveUp = () => {};
  const admission = openAdmission(() => giveUp());
  const read = await new Promise<BodyRead>((resolve) => {
    giveUp = () => resolve({ end: "no_room", body: Buffer.alloc(0) });
    readAll(request, capBytes, admission, resolve);
  });
  if (read.end !== "complete") admission.release();
  return { ...read, release: admission.release };
}

function readAll(
  request: IncomingMessage,
  capBytes: number,
  admission: Admission,
  resolve: (read: BodyRead) => void,
): void {
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
      // What is not read goes by, so that the sender gets to read its answer.
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
}
