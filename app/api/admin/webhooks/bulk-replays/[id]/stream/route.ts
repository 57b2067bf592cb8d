import { handle } from "@/app/api/handle";
import { authorise } from "@/lib/auth/authorise";
import { eventStreamAnswer } from "@/lib/front/http/event-stream-answer";
import { eventStream } from "@/lib/front/http/replay-event-stream";
import { requireReplay } from "@/lib/queries/replays";

export const dynamic = "force-dynamic";

/** A replay's progress as server-sent events, until it ended. The same path answers a WebSocket: lib/boot/replay-stream.ts. */
export const GET = handle("view", async (context) => {
  const { request, actor, params } = context;
  const { id } = await requireReplay(String(params.id), actor);
  const lastSeen = request.headers.get("last-event-id");
  const mayStillWatch = async () => requireReplay(id, await authorise(request, "view"));
  return eventStreamAnswer(context, () =>
    eventStream(id, { asker: actor, signal: request.signal, lastSeen, mayStillWatch }),
  );
});
