/** A merchant's endpoint in a process of its own: answers 200 after `delay` milliseconds, and counts. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

let delay = 0;
let arrived = 0;
let connections = 0;
const server = createServer((request, response) => {
  request.resume().on("end", () => {
    arrived += 1;
    if (delay > 0) setTimeout(() => response.writeHead(200).end(), delay);
    else response.writeHead(200).end();
  });
});
server.on("connection", () => {
  connections += 1;
});
server.keepAliveTimeout = 60_000;
process.on("message", (message: { delay?: number }) => {
  delay = message.delay ?? delay;
  process.send?.({ arrived, connections });
});
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
