/** What an installation may have around it: a cron job, and a reverse proxy that refuses some paths. */
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { APP_ENVIRONMENT } from "./processes";

const CRON_EVERY_MS = 1_000;

/** Calls the worker's scheduled run every second, even while one is in progress. */
export function startCron(url: string) {
  const heard = new Set<number>();
  const asking = new Set<Promise<unknown>>();
  const timer = setInterval(() => {
    const asked = fetch(`${url}/api/internal/worker`, {
      method: "POST",
      headers: { authorization: `Bearer ${APP_ENVIRONMENT.CRON_SECRET}` },
    })
      .then((response) => heard.add(response.status))
      .catch(() => heard.add(0))
      .finally(() => asking.delete(asked));
    asking.add(asked);
  }, CRON_EVERY_MS);
  return {
    /** Each status that was answered; 0 for no answer. */
    statuses: () => [...heard],
    async stop() {
      clearInterval(timer);
      await Promise.all(asking);
    },
  };
}

/** A reverse proxy of `target` that answers 403 itself when the path matches. */
export async function startFront(target: string, refused: RegExp) {
  const server = createServer((incoming, outgoing) => {
    if (refused.test(incoming.url ?? "")) {
      outgoing.writeHead(403, { "content-type": "text/html" }).end("<h1>Forbidden</h1>");
      return;
    }
    const { method, headers } = incoming;
    const onward = request(new URL(incoming.url ?? "/", target), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    outgoing.on("close", () => onward.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
