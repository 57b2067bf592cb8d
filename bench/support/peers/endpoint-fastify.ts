/** Fastify and one insert per request: what a team writes first. */
import type { AddressInfo } from "node:net";
import fastify from "fastify";
import { openTable } from "./own-table";
import { isSigned, type PeerEvent } from "./serve";

const pool = await openTable();
const app = fastify({ keepAliveTimeout: 60_000 });
app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_, body, done) => done(null, body));
app.post("/api/webhooks/stripe", async (request, reply) => {
  const body = request.body as Buffer;
  if (!isSigned(body, String(request.headers["stripe-signature"]))) return reply.code(400).send();
  const event: PeerEvent = JSON.parse(body.toString());
  await pool.query({
    name: "insert",
    text: "insert into webhooks (id, type, body) values ($1, $2, $3) on conflict do nothing",
    values: [event.id, event.type, body],
  });
  return { received: true };
});
await app.listen({ host: "127.0.0.1", port: 0 });
process.send?.({ port: (app.server.address() as AddressInfo).port });
