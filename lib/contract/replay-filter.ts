/** The filter of the list of replays: the query of its page and of `GET /api/webhooks/replays`. */
import type { ReplayStatus } from "./vocabulary";

export interface ReplayFilter {
  status?: ReplayStatus[];
  /** Text in the reason, or in the name of the person or token that asked. */
  q?: string;
}

/** Prints a filter as a query string; `listReplaysRequest` (api/replay-requests.ts) parses it. */
export function printReplayFilter({ status, q, cursor }: ReplayFilter & { cursor?: number }): string {
  const params = new URLSearchParams();
  if (status?.length) params.set("status", status.join(","));
  if (q) params.set("q", q);
  if (cursor) params.set("cursor", String(cursor));
  return params.toString();
}
