import { handle } from "@/app/api/handle";
import { recordExport } from "@/lib/commands/exports";
import { exportRequest } from "@/lib/contract/api/replay-requests";
import { readQuery } from "@/lib/contract/event-filter";
import { exportItems } from "@/lib/queries/export-items";
import { requireReplay } from "@/lib/queries/replays";

/** Every item of a replay as a file, to keep as proof. The download is in the audit log. */
export const GET = handle("view", async (context) => {
  const { format } = exportRequest.parse(readQuery(new URL(context.request.url).searchParams));
  const replay = await requireReplay(String(context.params.id), context.actor);
  const onEnd = await recordExport({ action: "replay.export", subject: replay.id, details: { format } }, context);
  const { stream, contentType } = exportItems(replay, format, context.actor, onEnd);
  const headers = {
    "content-type": contentType,
    "content-disposition": `attachment; filename="${replay.id}.${format}"`,
  };
  return new Response(stream, { headers });
});
