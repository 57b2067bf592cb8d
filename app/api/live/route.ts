import { handle } from "@/app/api/handle";
import { authorise } from "@/lib/auth/authorise";
import { liveRequest } from "@/lib/contract/api/replay-requests";
import { readQuery } from "@/lib/contract/event-filter";
import { environment } from "@/lib/env";
import { eventStreamAnswer } from "@/lib/front/http/event-stream-answer";
import { liveStream } from "@/lib/front/http/live-stream";
import { watching } from "@/lib/queries/live";
import { Refusal } from "@/lib/refusals";
import { isSameScope } from "@/lib/scope";

export const dynamic = "force-dynamic";

/** Changes as server-sent events. A browser that reconnects sends `Last-Event-ID`; a page that returns sends `?after=`. */
export const GET = handle("view", async (context) => {
  const { request, actor } = context;
  if (watching() >= environment().LIVE_MAX_STREAMS) throw new Refusal("too_many_live_streams");
  const asked = liveRequest.parse(readQuery(new URL(request.url).searchParams));
  const after = request.headers.get("last-event-id") ?? asked.after ?? null;
  const mayStillWatch = async () => {
    const now = await authorise(request, "view");
    // Ends the stream. The browser reconnects and follows what is in the new scope.
    if (!isSameScope(now.organisations, actor.organisations)) throw new Refusal("scope_changed");
  };
  return eventStreamAnswer(context, () => liveStream({ after, asker: actor, signal: request.signal, mayStillWatch }));
});
