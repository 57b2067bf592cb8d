import { eventStreamAnswer } from "@/app/api/event-stream-answer";
import { handle } from "@/app/api/handle";
import { authorise } from "@/lib/auth/authorise";
import { environment } from "@/lib/env";
import { Problem } from "@/lib/errors";
import { watching } from "@/lib/queries/live";
import { liveStream } from "./live-stream";

export const dynamic = "force-dynamic";

/** What changes, as server-sent events. A browser that reconnects says `Last-Event-ID`; a page that comes back, `?after=`. */
export const GET = handle("view", async (context) => {
  const { request } = context;
  if (watching() >= environment().LIVE_MAX_STREAMS) throw new Problem(FULL);
  const after = request.headers.get("last-event-id") ?? new URL(request.url).searchParams.get("after");
  const mayStillWatch = () => authorise(request, "view");
  return eventStreamAnswer(context, () => liveStream({ after, signal: request.signal, mayStillWatch }));
});

const FULL = {
  status: 503,
  title: "Too many pages follow along on this server.",
  detail: "Ask for what you need every few seconds instead, and try again in a minute.",
  headers: { "retry-after": "60" },
};
