/** Screens requests where `server.ts` does not run: `next start` makes its own server, which has no hook before routing. */
import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";
import { processSingleton } from "../process-singleton";
import { PATH_HEADER, REFUSAL_HEADER } from "./headers";
import { prepare, refusalOf, UNREADABLE_METHODS } from "./screen";

/** Where a refused request is routed to: app/api/[[...path]]. */
const REFUSED_PATH = "/api/refused";

const state = processSingleton("front", () => ({ hasOwnServer: false, listens: false }));

/** Called by our own server, which screens each request itself. */
export function weScreen(): void {
  state.hasOwnServer = true;
}

/** Called by instrumentation.ts. Node publishes each request on this channel before any listener of the server gets it. */
export function screenRequests(): void {
  if (state.listens) return;
  state.listens = true;
  subscribe("http.server.request.start", (message) => {
    if (state.hasOwnServer) return;
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    prepare(request, response);
    const refusal = refusalOf(request);
    if (!refusal) return;
    request.headers[PATH_HEADER] = request.url ?? "/";
    request.headers[REFUSAL_HEADER] = encodeURIComponent(JSON.stringify(refusal));
    request.url = REFUSED_PATH;
    if (UNREADABLE_METHODS.includes(request.method ?? "")) request.method = "GET";
  });
}
