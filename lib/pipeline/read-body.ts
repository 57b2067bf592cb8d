/** Reads a Node request's body up to a cap. The App Router's requests are web streams and are read in app/api. */
import type { IncomingMessage } from "node:http";

export type BodyRead =
  | { end: "complete"; body: Buffer }
  /** `body` is what had arrived when the cap was passed; the rest is not read. */
  | { end: "too_large"; body: Buffer }
  /** The sender went away. Nobody is left to answer. */
  | { end: "aborted" };

/** Never rejects. A declared length above the cap counts before the first byte. */
export function readBody(request: IncomingMessage, capBytes: number): Promise<BodyRead> {
  if (Number(request.headers["content-length"]) > capBytes) {
    return Promise.resolve({ end: "too_large", body: Buffer.alloc(0) });
  }
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const read = (chunk: Buffer) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length <= capBytes) return;
      request.off("data", read);
      request.pause();
      resolve({ end: "too_large", body: Buffer.concat(chunks).subarray(0, capBytes) });
    };
    request.on("data", read);
    request.once("end", () => resolve({ end: "complete", body: Buffer.concat(chunks) }));
    request.once("error", () => resolve({ end: "aborted" }));
    request.once("close", () => resolve({ end: "aborted" }));
  });
}
