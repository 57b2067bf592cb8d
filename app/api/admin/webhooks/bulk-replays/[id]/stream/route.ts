import { eventStreamAnswer } from "@/app/api/event-stream-answer";
import { handle } from "@/app/api/handle";
import { findReplay } from "@/app/api/webhooks/replays/[id]/find-replay";
import { authorise } from "@/lib/auth/authorise";
import { eventStream } from "./event-stream";

export const dynamic = "force-dynamic";

/** A replay's progress as server-sent events, until it ended. The same path answers a WebSocket: lib/boot/replay-stream.ts. */
export const GET = handle("view", async (context) => {
  const { id } = await findReplay(context);
  const { request, actor } = context;
  const lastSeen = request.headers.get("last-event-id");
  const mayStillWatch = async () => findReplay({ ...context, actor: await authorise(request, "view") });
  return eventStreamAnswer(context, () =>
    eventStream(id, { asker: actor, signal: request.signal, lastSeen, mayStillWatch }),
  );
});
