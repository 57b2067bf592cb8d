import { handle, readJson } from "@/app/api/handle";
import { seeNotices } from "@/lib/commands/notices";
import { seenRequest } from "@/lib/contract/api/replay-requests";
import { listNotices } from "@/lib/queries/notices";

/** The caller's notices about replays that were not seen yet. */
export const GET = handle("view", async ({ actor }) => ({ notices: await listNotices(actor) }));

/** Marks notices as seen; answers the remaining ones. */
export const POST = handle("view", async (context) => {
  await seeNotices(seenRequest.parse(await readJson(context.request)).until, context);
  return { notices: await listNotices(context.actor) };
});
