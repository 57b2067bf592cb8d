/** What every peer's endpoint does: reads the body, verifies Stripe's signature, parses the event, keeps it, answers. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { TEST_SECRETS } from "../../../tests/fixtures/sign";

const TOLERANCE_SECONDS = 300;

export interface PeerEvent {
  id: string;
  type: string;
  data: { object: Record<string, unknown> };
}

/** Answers 200 once `keep` has resolved, and tells the bench its port. */
export function serve(keep: (event: PeerEvent, body: Buffer) => Promise<unknown>): void {
  const server = createServer((request, response) => {
    answer(request, response, keep).catch((error) => {
      console.error(error);
      response.writeHead(500).end();
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
}

async function answer(request: IncomingMessage, response: ServerResponse, keep: Parameters<typeof serve>[0]) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  if (!isSigned(body, String(request.headers["stripe-signature"]))) {
    response.writeHead(400).end();
    return;
  }
  await keep(JSON.parse(body.toString()), body);
  response.writeHead(200, { "content-type": "application/json" }).end('{"received":true}');
}

/** As https://docs.stripe.com/webhooks/signature says. */
export function isSigned(body: Buffer, header: string): boolean {
  const [, time = "", given = ""] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(header) ?? [];
  if (Math.abs(Date.now() / 1000 - Number(time)) > TOLERANCE_SECONDS) return false;
  const wanted = createHmac("sha256", TEST_SECRETS.stripe).update(`${time}.`).update(body).digest();
  return timingSafeEqual(wanted, Buffer.from(given.padEnd(64, "0"), "hex"));
}
