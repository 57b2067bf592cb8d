import { eventStreamAnswer } from "@/app/api/event-stream-answer";
import { handle } from "@/app/api/handle";
import { authorise } from "@/lib/auth/authorise";
import { environment } from "@/lib/env";
import { Problem } from "@/lib/errors";
import { watching } from "@/lib/queries/live";
import { isSameScope } from "@/lib/scope";
import { liveStream } from "./live-stream";

export const dynamic = "force-dynamic";

/** What changes, as server-sent events. A browser that reconnects says `Last-Event-ID`; a page that comes back, `?after=`. */
export const GET = handle("view", async (context) => {
  const { request, actor } = context;
  if (watching() >= environment().LIVE_MAX_STREAMS) throw new Problem(FULL);
  const after = request.headers.get("last-event-id") ?? new URL(request.url).searchParams.get("after");
  const mayStillWatch = async () => {
    const now = await authorise(request, "view");
    if (!isSameScope(now.organisations, actor.organisations)) throw new Problem(OTHER_SCOPE);
  };
  return eventStreamAnswer(context, () => liveStream({ after, asker: actor, signal: request.signal, mayStillWatch }));
});

/** Ends the stream; the browser connects again, and follows what is in the new scope. */
const OTHER_SCOPE = { status: 403, title: "Your organisations have changed." };

const FULL = {
  status: 503,
  title: "Too many live connections.",
  detail: "Poll every few seconds instead, and try again in a minute.",
  headers: { "retry-after": "60" },
};
