import { handle, readJson } from "@/app/api/handle";
import { seenRequest } from "@/lib/contract/api/replay-requests";
import { listNotices, seeNotices } from "@/lib/queries/notices";

/** What the asker wanted to be told about replays, and has not seen yet. */
export const GET = handle("view", async ({ actor }) => ({ notices: await listNotices(actor) }));

/** Marks notices as seen; answers those that are left. */
export const POST = handle("view", async ({ actor, request }) => {
  await seeNotices(actor, seenRequest.parse(await readJson(request)).until);
  return { notices: await listNotices(actor) };
});
